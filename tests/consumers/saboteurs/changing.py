"""How a saboteur changes the reference consumer: a piece of it, or what it answers."""

from collections.abc import Callable, Iterable

import msgspec

from consumer import clients
from consumer.at_least_once import AtLeastOnce
from consumer.messages import Outgoing
from consumer.processing import Processor


def instead(owner: object, name: str):
    """Decorate a function to stand where ``owner.name`` does; it gets that one first.

    Raises ``AttributeError`` where the reference has no such piece any more.
    """
    original = getattr(owner, name)

    def put(function: Callable) -> Callable:
        def sinful(*args, **kwargs):
            return function(original, *args, **kwargs)

        setattr(owner, name, sinful)
        return function

    return put


def answers(change: Callable[[object, Outgoing], Iterable[Outgoing]]) -> None:
    """Let each record be answered by what ``change(record, right answer)`` gives instead."""

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        pairs = zip(records, batch.outgoing, strict=True)
        batch.outgoing = [one for record, right in pairs for one in change(record, right)]
        return batch


def batches_of(most: int) -> None:
    """Let no batch have more records; raises ``ValueError`` where that changes nothing."""
    if AtLeastOnce.most <= most:
        raise ValueError(f"Expected batches of more than {most}, got {AtLeastOnce.most}")
    AtLeastOnce.most = most


def predictions(change: Callable[[dict, object], dict]) -> None:
    """Let ``change(prediction, record)`` rewrite the fields of each prediction."""
    answers(lambda record, right: [_rewritten(change, record, right, letter=False)])


def letters(change: Callable[[dict, object], dict]) -> None:
    """Let ``change(letter, record)`` rewrite the fields of each dead letter."""
    answers(lambda record, right: [_rewritten(change, record, right, letter=True)])


def of_letters(change: Callable[[object, Outgoing], Iterable[Outgoing]]) -> None:
    """Let each refused record be answered by ``change(record, right letter)`` instead."""
    answers(lambda record, right: change(record, right) if is_letter(right) else [right])


def _rewritten(change, record, right: Outgoing, *, letter: bool) -> Outgoing:
    if is_letter(right) != letter:
        return right
    fields = change(msgspec.json.decode(right.value), record)
    return right._replace(value=msgspec.json.encode(fields))


def is_letter(answer: Outgoing) -> bool:
    """Whether it goes to the dead letter topic: only letters have headers."""
    return answer.headers is not None


def client_properties(kind: str, **properties) -> None:
    """Set properties of the reference's ``Consumer`` or ``Producer`` by librdkafka's names,
    with underscores for dots."""
    wanted = {name.replace("_", "."): value for name, value in properties.items()}

    @instead(clients, "_make")
    def _(make, made, settings, health, tuned, fixed):
        if made.__name__ == kind:
            fixed = fixed | wanted
        return make(made, settings, health, tuned, fixed)
