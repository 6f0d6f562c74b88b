"""Publishes records and records what the broker answered to each."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from msgspec.structs import replace

from testbed.errors import BenchError
from testbed.history import Headers, History, Sent
from testbed.telco.draft import Draft
from testbed.wait import until

# Errors after which nobody knows whether the broker kept the record.
_UNKNOWN = {KafkaError._MSG_TIMED_OUT, KafkaError.REQUEST_TIMED_OUT, KafkaError._PURGE_INFLIGHT}


class Publisher:
    """Publishes drafts on one topic; every record ends as acknowledged, failed or unknown."""

    def __init__(self, producer: Producer, topic: str, history: History):
        self._producer, self._topic, self._history = producer, topic, history
        self.count = 0

    def publish(
        self,
        drafts: Iterable[Draft],
        expected: Iterable[tuple[float, int] | None],
        *,
        within_s: float,
        phase: str = "",
        keep_values: bool = True,
    ) -> list[Sent]:
        """Publish all and wait for every answer.

        ``expected`` gives each draft's right score and label, or None where there is none.
        """
        answers = self.send(self._producer, drafts, expected, phase, keep_values=keep_values)
        self.await_answers(self._producer, within_s)
        return answers

    def send(
        self, producer: Producer, drafts: Iterable[Draft], expected: Iterable, phase: str,
        *, keep_values: bool = True,
    ) -> list[Sent]:  # fmt: skip
        """Send all through ``producer`` without waiting; the answers come into what is returned."""
        answers: list[Sent] = []
        for draft, right in zip(drafts, expected, strict=True):
            sent = _sent(self.count, draft, right, phase, keep_values)
            self._send(producer, sent, draft, answers)
            self.count += 1
        return answers

    def await_partitions(self, total: int, within_s: float) -> None:
        """Wait until the client knows so many partitions of the topic; it learns by asking."""

        def known() -> int:
            return len(
                self._producer.list_topics(self._topic, within_s).topics[self._topic].partitions
            )

        until(lambda: known() == total, within_s=within_s, what=f"{total} partitions to be known",
              describe=known)  # fmt: skip

    def await_answers(self, producer: Producer, within_s: float) -> None:
        """Wait for every answer; what has none by then ends as failed or unknown."""
        if producer.flush(within_s):
            self._give_up(producer)

    def adopt(
        self, drafts: Iterable[Draft], expected: Iterable, places: Iterable[tuple[int, int]]
    ) -> list[Sent]:
        """Record what stands on the topic at these places (partition, offset), whoever sent it."""
        adopted = []
        for draft, right, (partition, offset) in zip(drafts, expected, places, strict=True):
            sent = _sent(self.count, draft, right, "adopted", keep_value=True)
            placed = replace(sent, outcome="acknowledged", partition=partition, offset=offset)
            adopted.append(self._history.append(placed))
            self.count += 1
        return adopted

    @contextmanager
    def transaction(
        self, producer: Producer, drafts: Iterable[Draft], expected: Iterable, *, within_s: float
    ) -> Iterator[list[Sent]]:
        """Publish drafts in a transaction of ``producer``, which has its transactional id.

        The body ends it, or does not.

        What the body leaves in the list that it gets is recorded after it: nobody knows before
        what became of the records. Raises ``BenchError`` where the broker does not take part.
        """
        answers: list[Sent] = []
        try:
            producer.begin_transaction()
            for draft, right in zip(drafts, expected, strict=True):
                sent = _sent(self.count, draft, right, "", keep_value=True)
                self._send(producer, sent, draft, answers, record=False)
                self.count += 1
            producer.flush(within_s)
            yield answers
        except KafkaException as error:
            raise BenchError("A transaction went wrong", error.args[0].str()) from error
        finally:
            for answer in answers:
                self._history.append(answer)

    def _give_up(self, producer: Producer) -> None:
        """Have librdkafka answer for what the broker never did: unsent failed, sent unknown."""
        producer.purge()
        producer.flush(1)

    def _send(
        self, producer: Producer, sent: Sent, draft: Draft, answers: list[Sent], *, record=True
    ) -> None:
        def answered(error: KafkaError | None, message: Message) -> None:
            answer = _answer(sent, error, message)
            answers.append(self._history.append(answer) if record else answer)

        where = {} if draft.partition is None else {"partition": draft.partition}
        producer.produce(
            self._topic, draft.value, draft.key, headers=list(draft.headers),
            on_delivery=answered, **where,
        )  # fmt: skip
        producer.poll(0)


def _sent(n: int, draft: Draft, right, phase: str, keep_value: bool) -> Sent:
    keep = keep_value or draft.admits != ("scored",)
    score, label = right or (None, None)
    return Sent(
        n=n,
        outcome="unknown",
        identity=draft.identity,
        entity=draft.entity,
        admits=draft.admits,
        score=score,
        label=label,
        features=draft.features,
        key=draft.key,
        value=draft.value if keep else None,
        value_kept=keep,
        headers=_plain(draft.headers),
        fingerprints=draft.fingerprints,
        note=draft.note,
        phase=phase,
    )


def _answer(sent: Sent, error: KafkaError | None, message: Message) -> Sent:
    if error is None:
        return replace(
            sent,
            outcome="acknowledged",
            partition=message.partition(),
            offset=message.offset(),
        )
    return replace(sent, outcome="unknown" if error.code() in _UNKNOWN else "failed")


def _plain(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers)
