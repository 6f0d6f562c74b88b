"""Pairs dead letters with the records that they give back."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable

from testbed.checker.accounts import merge
from testbed.checker.entry import Entry
from testbed.history import Outcome, Position

# JSON may write one byte as six ("\\u0000"), and topics take 1 MiB by default: from here on
# an original need not fit into a dead letter, and is judged by presence alone under ``json``.
OVERSIZED_BYTES = 170_000


def pair_exact(entries: list[Entry], seen: list[Outcome], topic: str | None) -> list[Outcome]:
    """By the coordinates that a dead letter claims; returns those that fit nobody.

    Where claim and content disagree, an unanswered record with that content comes first, so
    that what is wrong is said to be the coordinates and not a loss.
    """
    placed = {
        (entry.sent.partition, entry.sent.offset): entry
        for entry in entries
        if entry.sent.offset is not None
    }
    doubtful = []
    for letter in seen:
        claimed = _claimed(letter, placed, topic)
        if claimed is not None and _may_be_of(letter, claimed):
            claimed.add_letter(letter)
        else:
            doubtful.append((letter, claimed))
    return _by_bytes(entries, doubtful)


def _claimed(letter: Outcome, placed: dict, topic: str | None) -> Entry | None:
    source = letter.source
    if source is None or (topic is not None and source.topic != topic):
        return None
    return placed.get((source.partition, source.offset))


def _may_be_of(letter: Outcome, entry: Entry) -> bool:
    given, sent = letter.recovered, entry.sent
    if given is None or not given.value_known or given.truncated or not sent.value_kept:
        return True
    return given.value == sent.value


def _by_bytes(entries: list[Entry], doubtful: list) -> list[Outcome]:
    if not doubtful:
        return []
    waiting = [one for one in entries if one.may_be_dead_lettered and not one.letters]
    placed = _by_value(one for one in waiting if one.sent.offset is not None)
    unplaced = _by_value(one for one in waiting if one.sent.offset is None)
    learned: dict[Position, Entry] = {}  # where unacknowledged records turned out to stand
    orphans = []
    for letter, claimed in doubtful:
        if letter.source in learned:
            learned[letter.source].add_letter(letter)
            continue
        # A place that nobody knows is that of a record whose acknowledgement never came.
        first, second = (unplaced, placed) if claimed is None else (placed, unplaced)
        content = _content(letter)
        owner = _take(first.get(content), letter) or _take(second.get(content), letter)
        if owner is not None and owner.sent.offset is None and letter.source is not None:
            learned[letter.source] = owner
        elif owner is None and claimed is not None:
            claimed.add_letter(letter)
        elif owner is None:
            orphans.append(letter)
    return orphans


_NOT_TOLD = object()


def _content(letter: Outcome) -> object:
    given = letter.recovered
    return given.value if given is not None and given.value_known else _NOT_TOLD


def _by_value(waiting: Iterable[Entry]) -> dict[object, deque[Entry]]:
    queues: dict[object, deque[Entry]] = defaultdict(deque)
    for entry in waiting:
        if entry.sent.value_kept:
            queues[entry.sent.value].append(entry)
    return queues


def pair_by_content(entries: list[Entry], seen: list[Outcome]) -> list[Outcome]:
    """By what the original says as text or JSON, keys telling equal ones apart; as a multiset.

    Originals that no dead letter need give back (null, not UTF-8, oversized) take what is left.
    """
    index: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for mark in entry.sent.fingerprints:
            index[mark].append(entry)
    pools: dict[str, list[Outcome]] = defaultdict(list)
    left = []
    for letter in seen:
        # The JSON digest stands last: it is the wider one.
        marks = letter.recovered.fingerprints if letter.recovered else ()
        mark = next((mark for mark in reversed(marks) if mark in index), None)
        if mark is None:
            left.append(letter)
        else:
            pools[mark].append(letter)
    keyed = all(_keys_told(index[mark], letters) for mark, letters in pools.items())
    for mark, letters in pools.items():
        _share_out(index[mark], letters, keyed=keyed)
    return _by_presence(entries, left)


def key_of(letter: Outcome) -> bytes | None:
    """The original's key, as far as the dead letter tells it."""
    given = letter.recovered
    return given.key if given is not None and given.key_known else letter.key


def _keys_told(equal: list[Entry], letters: list[Outcome]) -> bool:
    keys = {entry.sent.key for entry in equal}
    return all(key_of(letter) in keys for letter in letters)


def _share_out(equal: list[Entry], letters: list[Outcome], *, keyed: bool) -> None:
    """One each first; what is left repeats them. ``keyed``: dead letters tell the key apart."""
    due = [entry for entry in equal if entry.may_be_dead_lettered] or equal
    due = sorted(due, key=lambda entry: entry.sent.outcome != "acknowledged")  # the sure ones
    waiting: dict[bytes | None, deque[Entry]] = defaultdict(deque)
    for entry in due:
        if not entry.letters:
            waiting[entry.sent.key].append(entry)
    left = [letter for letter in letters if not _take(waiting.get(key_of(letter)), letter)]
    if not keyed:
        rest = deque(entry for entry in due if not entry.letters)
        left = [letter for letter in left if not _take(rest, letter)]
    by_key: dict[bytes | None, list[Entry]] = defaultdict(list)
    for entry in due:
        by_key[entry.sent.key].append(entry)
    for n, letter in enumerate(left):
        same = by_key.get(key_of(letter)) or due
        same[n % len(same)].add_letter(letter)


def _take(queue: deque[Entry] | None, letter: Outcome) -> Entry | None:
    """Give the letter to the first in the queue, if there is any."""
    if not queue:
        return None
    entry = queue.popleft()
    entry.add_letter(letter)
    return entry


def _by_presence(entries: list[Entry], left: list[Outcome]) -> list[Outcome]:
    """The rest: by coordinates where given, by key, and for what cannot be compared, by turn."""
    waiting = [one for one in entries if one.may_be_dead_lettered and not one.letters]
    orphans = [letter for letter in left if letter.error_type is None]  # not even a dead letter
    left = [letter for letter in left if letter.error_type is not None]
    vague = [one for one in entries if one.may_be_dead_lettered and beyond_comparing(one)]
    for one in vague[1:]:
        merge(vague[0], one)
    left = _match(waiting, left, lambda one: (one.sent.partition, one.sent.offset), _coordinates)
    left = _match([one for one in waiting if beyond_comparing(one)], left, _sent_key, key_of)
    left = _match(waiting, left, _sent_key, key_of)
    rest = deque(one for one in vague if not one.letters)
    left = [letter for letter in left if not _take(rest, letter)]
    if not vague:
        return orphans + left
    for n, letter in enumerate(left):
        vague[n % len(vague)].add_letter(letter)
    return orphans


def beyond_comparing(entry: Entry) -> bool:
    """Null, not UTF-8, or too large: under ``json`` nobody need give it back as it was."""
    value = entry.sent.value
    return not entry.sent.fingerprints or (value is not None and len(value) > OVERSIZED_BYTES)


def _coordinates(letter: Outcome) -> tuple[int, int] | None:
    return None if letter.source is None else (letter.source.partition, letter.source.offset)


def _sent_key(entry: Entry) -> bytes | None:
    return entry.sent.key


def _match(
    waiting: Iterable[Entry], letters: list[Outcome], entry_mark: Callable, letter_mark: Callable
) -> list[Outcome]:
    """Pair on a mark that both tell, one each; returns the letters that found nobody."""
    queues: dict[object, deque[Entry]] = defaultdict(deque)
    for entry in waiting:
        if not entry.letters and entry_mark(entry) is not None:
            queues[entry_mark(entry)].append(entry)
    return [letter for letter in letters if not _take(queues.get(letter_mark(letter)), letter)]
