"""What happened in one scenario, in order: the only thing that a verdict is made from.

Events are typed, frozen and appended; the file form is JSON Lines, one event a line.
``at`` is seconds on a monotonic clock since the scenario began.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

PREDICTIONS = "predictions"
DEAD_LETTERS = "dead letters"
INPUT = "input"
NAMESAKE = "a namesake takes over"  # a fault: another program under the service's own name
SCORED = "scored"  # the one outcome that is not an error type


class Position(msgspec.Struct, frozen=True, order=True):
    """Where a record stands on the broker."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}[{self.partition}]@{self.offset}"


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """Base of all events."""

    at: float = 0.0


class Began(Event, frozen=True, kw_only=True, tag="began"):
    """The scenario and what its consumer declared: first line of every history."""

    scenario: str
    feature: str = ""
    seed: int = 0
    consumer: str = "reference"
    broker: str = ""
    delivery: str = "at-least-once"  # or exactly-once
    dead_letter: str = "exact"  # or json
    oracle: bool = True
    validates: bool = True
    session_timeout_s: float = 45.0
    topics: dict[str, str] = {}  # role -> topic name
    partitions: dict[str, int] = {}  # role -> partition count
    group: str = ""
    replay: str = ""  # the command that plays this scenario again
    service_levels: dict[str, float] = {}  # figure -> the most that it may be


Headers = tuple[tuple[str, bytes | None], ...]


class Sent(Event, frozen=True, kw_only=True, tag="sent"):
    """One record that the suite published on the input topic, and the broker's answer.

    ``admits`` lists the outcomes that are right for it: ``scored`` or error types; empty
    for a record that nobody may ever treat (an aborted or open transaction).
    ``identity`` names the event as the pipeline echoes it; None where it carries none.
    ``hidden``: from when to when its transaction was open, so that nobody could read it.
    """

    n: int
    outcome: str  # acknowledged, failed, unknown
    partition: int | None = None
    offset: int | None = None
    identity: str | None = None
    entity: str | None = None  # whose order counts: the customer
    admits: tuple[str, ...] = ()
    score: float | None = None
    label: int | None = None
    features: str | None = None  # digest: equal features must give equal scores
    key: bytes | None = None
    value: bytes | None = None  # left out for valid events of large volumes
    value_kept: bool = True
    headers: Headers = ()
    fingerprints: tuple[str, ...] = ()  # equal as text or as JSON <=> one in common
    note: str = ""  # what is special about it, for people
    phase: str = ""  # the part of the scenario that sent it
    hidden: tuple[float, float] | None = None


class Recovered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The original record as a dead letter gives it back."""

    value: bytes | None = None
    value_known: bool = False
    key: bytes | None = None
    key_known: bool = False
    headers: Headers | None = None
    truncated: bool = False
    length: int | None = None
    sha256: str | None = None
    fingerprints: tuple[str, ...] = ()


class Outcome(Event, frozen=True, kw_only=True, tag="outcome"):
    """One record that a fresh read_committed reader saw on an output topic.

    ``problems`` are breaches of the message contract that the record shows by itself,
    each as expected, got, where; ``exact_problems`` are those that count only for a
    consumer that promises exact dead letters.
    """

    role: str  # PREDICTIONS or DEAD_LETTERS
    partition: int
    offset: int
    timestamp_ms: int | None = None
    key: bytes | None = None
    value: bytes | None = None
    headers: Headers = ()
    identity: str | None = None
    entity: str | None = None
    score: float | None = None
    label: int | None = None
    error_type: str | None = None
    source: Position | None = None
    recovered: Recovered | None = None
    problems: tuple[str, ...] = ()
    exact_problems: tuple[str, ...] = ()


class Checkpoint(Event, frozen=True, kw_only=True, tag="checkpoint"):
    """Committed offsets, and the ends of the output topics read *after* them.

    An outcome is visible at the checkpoint when its offset is below the end of its partition.
    ``settled``: no process of the consumer could act (dead, stopped or frozen) and no
    transaction was open, so that visibility and commit can be compared exactly.
    """

    reason: str  # live, frozen, killed, stopped, drained, final
    committed: dict[int, int] = {}
    ends: dict[str, dict[int, int]] = {}  # role -> partition -> last stable offset
    input_ends: dict[int, int] = {}
    settled: bool = False


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One member of the group as the Admin API shows it."""

    member_id: str
    client_id: str = ""
    partitions: tuple[int, ...] = ()


class Group(Event, frozen=True, kw_only=True, tag="group"):
    """The group's state and who owns which partitions; recorded on change."""

    state: str
    members: tuple[Member, ...] = ()


class Process(Event, frozen=True, kw_only=True, tag="process"):
    """What happened to a process of the consumer.

    ``what``: started, ready, stopping, killed, paused, resumed, exited.
    ``by``: who caused it: the suite, or the consumer itself; ``timeout`` for one that was asked
    to stop, did not, and was killed. ``left_behind``: how many processes of its own went on as
    members of the group after the one that was asked had ended.
    """

    instance: int
    incarnation: int
    what: str
    pid: int | None = None
    exit_code: int | None = None
    by: str = "suite"
    took_s: float | None = None
    left_behind: int = 0


class Fault(Event, frozen=True, kw_only=True, tag="fault"):
    """A fault that the suite injected. ``proof`` shows that it fired, in figures."""

    name: str
    phase: str  # begin, end
    fired: bool = False
    proof: dict[str, float | int | str] = {}

    @property
    def cuts_off(self) -> bool:
        """Whether it stands between the consumer and its broker, as its first word tells."""
        return self.name.split()[0].lower() in ("broker", "network")

    @property
    def refuses(self) -> bool:
        """Whether the broker is there and says no, as its first two words tell."""
        return self.name.lower().startswith(("broker refuses", "broker withdraws"))


class Settled(Event, frozen=True, kw_only=True, tag="settled"):
    """A wait for outcomes ended: ``drained``, ``stalled`` or ``capped``."""

    reason: str
    waited_s: float
    lag: dict[int, int] = {}
    expected: int = 0
    seen: int = 0
    phase: str = ""


class Mark(Event, frozen=True, kw_only=True, tag="mark"):
    """A moment that a promise refers to: name plus figures."""

    name: str
    figures: dict[str, float | int | str] = {}


class Figures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an instance says that it did, where its page has the names of the agreed figures."""

    events: float = 0.0
    outcomes: dict[str, float] = {}  # scored, or the type of a dead letter
    dead_letters: dict[str, float] = {}  # by type
    batch_records: float = 0.0
    lag: dict[int, float] = {}  # input partition -> records behind
    in_flight: float = 0.0
    partitions: float = 0.0
    rebalances: float = 0.0
    commits: float = 0.0
    transactions: dict[str, float] = {}  # committed, aborted


class Reading(Event, frozen=True, kw_only=True, tag="reading"):
    """An instance's metrics page: its ``families``, and why a scraper would refuse it."""

    instance: int
    incarnation: int
    families: int = 0
    problems: tuple[str, ...] = ()
    figures: Figures | None = None


AnyEvent = Began | Sent | Outcome | Checkpoint | Group | Process | Fault | Settled | Mark | Reading
E_ = TypeVar("E_", bound=Event)


class History:
    """Append-only and safe to append to from several threads."""

    def __init__(self, events: Iterable[Event] = (), clock=time.monotonic):
        self._events: list[Event] = []
        self._by_kind: dict[type[Event], list] = defaultdict(list)  # waits ask all the time
        self._lock = threading.Lock()
        self._clock, self._start = clock, clock()
        self.extend(events)

    def now(self) -> float:
        """Seconds since the scenario began."""
        return self._clock() - self._start

    def append(self, event: Event) -> Event:
        """Record ``event``; one without a time of its own gets the present."""
        if not event.at:
            event = msgspec.structs.replace(event, at=round(self.now(), 6))
        self.extend((event,))
        return event

    def extend(self, events: Iterable[Event]) -> None:
        """Record several events that carry their times."""
        with self._lock:
            for event in events:
                self._events.append(event)
                self._by_kind[type(event)].append(event)

    def __iter__(self) -> Iterator[Event]:
        with self._lock:
            return iter(self._events.copy())

    def __len__(self) -> int:
        return len(self._events)

    def of(self, kind: type[E_]) -> list[E_]:
        """All events of one kind, in order."""
        with self._lock:
            return list(self._by_kind.get(kind, ()))

    @property
    def began(self) -> Began:
        """The first event; raises ``ValueError`` where a history has none."""
        if began := self.of(Began):
            return began[0]
        raise ValueError("Expected a history that starts with a 'began' event, got none")
