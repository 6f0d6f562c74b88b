"""Sins of delivery: events lost, answered twice, or counted as done at the wrong time."""

from confluent_kafka import OFFSET_BEGINNING

from consumer.at_least_once import AtLeastOnce
from consumer.fetching import Source
from consumer.messages import Outgoing
from consumer.processing import Processor
from tests.consumers.saboteurs.changing import (
    answers,
    batches_of,
    client_properties,
    instead,
    is_letter,
)
from tests.consumers.saboteurs.saboteur import STUCK_SOON, saboteur
from tests.consumers.saboteurs.scenarios import (
    ALL_DONE,
    BACKLOG,
    COPIES,
    FIFTY,
    IDLE_RESTART,
    LOOKED_AT,
    MIXED,
    ODD,
    SEVERAL,
    TEN_FIFTEEN,
    WAITED,
)


# A batch that waits is committed by number behind the next one: what is counted may go back.
@saboteur("commit-not-ahead", LOOKED_AT, source="B-01 B-04", quick=True, also=("commit-monotone",))
def commits_before_it_answers():
    """Commits what it fetched, then answers it."""

    @instead(AtLeastOnce, "deliver")
    def _(deliver, self, batch):
        self._source.commit(batch.offsets)
        deliver(self, batch)


@saboteur("no-loss", MIXED, source="B-30")
def forgets_the_last_of_a_full_batch():
    """Counts a full batch one short: its last record is never answered."""
    batches_of(100)

    @instead(Processor, "process")
    def _(process, self, records):
        batch = process(self, records)
        if len(records) == AtLeastOnce.most:
            batch.outgoing.pop()
        return batch


@saboteur("no-loss", MIXED, quick=True)
def forgets_every_thousandth():
    """Samples: the thousandth record of each partition goes nowhere."""
    answers(lambda record, right: [] if record.offset() % 1000 == 999 else [right])


@saboteur("no-loss", ODD, source="B-15")
def forgets_what_has_no_key():
    """Takes a record without a key for an empty one."""
    answers(lambda record, right: [right] if record.key() is not None else [])


@saboteur("no-loss", SEVERAL)
def answers_each_customer_once():
    """Takes a customer's second event for a repetition of the first."""
    known: set[bytes | None] = set()

    def first_only(_, right: Outgoing):
        new = is_letter(right) or right.key not in known
        known.add(right.key)
        return [right] if new else []

    answers(first_only)


@saboteur("no-loss", COPIES)
def takes_equal_events_for_copies():
    """Removes duplicates by content, though each event counts."""
    known: set[bytes | None] = set()

    def new_only(record, right: Outgoing):
        new = record.value() not in known
        known.add(record.value())
        return [right] if new else []

    answers(new_only)


@saboteur(
    "no-loss", WAITED, source="B-53",
    also="lag-returns",
)  # fmt: skip
def starts_at_the_end():
    """Without a commit it begins with what comes next, not with what waits."""
    client_properties("Consumer", auto_offset_reset="latest")


@saboteur("restart-idle", IDLE_RESTART, quick=True)
def begins_anew_at_each_start():
    """Reads from the beginning whatever was committed, as a new group would."""

    @instead(Source, "_on_assign")
    def _(on_assign, self, client, partitions):
        for partition in partitions:
            partition.offset = OFFSET_BEGINNING
        on_assign(self, client, partitions)
        self._begins.clear()


@saboteur(
    "commit-reaches-end", IDLE_RESTART, source="B-51", quick=True, options=STUCK_SOON,
    also=("restart-idle", "no-duplicates", "stops-clean", "lag-returns"),
)  # fmt: skip
def commits_the_last_instead_of_the_next():
    """Commits the offset of the last record, which is then read again."""

    @instead(Source, "commit")
    def _(commit, self, offsets):
        commit(self, {partition: offset - 1 for partition, offset in offsets.items()})


@saboteur("no-duplicates", MIXED, source="B-30", quick=True)
def sends_every_hundredth_twice():
    """Sends again what it takes for lost."""
    answers(lambda record, right: [right, right] if record.offset() % 100 == 99 else [right])


@saboteur("commit-monotone", LOOKED_AT, source="B-34", quick=True,
          also=("no-duplicates", "commit-reaches-end", "stops-clean", "lag-returns"))  # fmt: skip
def commits_overtake_each_other():
    """Commits without waiting, so that now and then a commit lands behind much newer ones."""
    sent: list[dict[int, int]] = []

    @instead(Source, "commit")
    def _(commit, self, offsets):
        sent.append(dict(offsets))
        commit(self, offsets)
        if len(sent) > 10 and len(sent) % 2:
            commit(self, sent[-10])

    @instead(Source, "fetch")
    def _(fetch, self, room):
        records = fetch(self, room)
        if not records and sent:
            self.commit(sent[-1])  # nobody would notice it but for what was seen in between
        return records


@saboteur("no-phantom", FIFTY, quick=True)
def answers_for_customers_nobody_sent():
    """Scores a made-up customer with each tenth event."""

    def invent(record, right: Outgoing):
        invented = right._replace(
            key=b"D" + right.key[1:], value=right.value.replace(b'"C-', b'"D-', 1)
        )
        return [right, invented] if record.offset() % 10 == 0 else [right]

    answers(invent)


@saboteur("no-loss", BACKLOG)
def counts_in_sixteen_bits():
    """Its counter overflows after 32,767 records, and what comes then goes nowhere."""
    counted = [0]

    def while_it_counts(_, right: Outgoing):
        counted[0] += 1
        return [right] if counted[0] < 2**15 else []

    answers(while_it_counts)


@saboteur("no-loss", TEN_FIFTEEN, source="B-53")
def skips_the_first_after_a_restart():
    """Goes on one record behind what it had committed."""

    @instead(Source, "_on_assign")
    def _(on_assign, self, client, partitions):
        for known in client.committed(partitions, timeout=10):
            if known.offset > 0:
                partition = next(p for p in partitions if p.partition == known.partition)
                partition.offset = known.offset + 1
        on_assign(self, client, partitions)


@saboteur(
    "restart-idle",
    IDLE_RESTART,
    source="B-34",
    also=("commit-monotone", "stops-clean", "commit-reaches-end"),
)
def goes_back_ten_to_be_safe():
    """At a stop it commits ten records less than it has done, in case one was lost."""

    @instead(Source, "close")
    def _(close, self):
        places = self._client.committed(self._partitions(self.assigned), timeout=10)
        back = {p.partition: max(0, p.offset - 10) for p in places if p.offset > 0}
        if back:
            self.commit(back)
        close(self)


@saboteur("lag-returns", FIFTY, also="stops-clean", options=STUCK_SOON, quick=True)
def reads_two_of_three_partitions():
    """Owns all partitions, and never reads the last one."""

    @instead(Source, "_go_on")
    def _(go_on, self):
        go_on(self)
        self._client.pause(self._partitions(self.assigned & {2}))


@saboteur("no-duplicates", ALL_DONE, source="B-12")
def says_it_again_when_it_is_quiet():
    """When nothing comes it sends its last answer once more, to be sure."""
    last: list[Outgoing] = []
    answers(lambda _, right: [last.append(right) or right])

    @instead(AtLeastOnce, "settle")
    def _(settle, self):
        settle(self)
        if not self.pending and last and not self._outstanding():
            self._produce(last[-1])
            last.clear()
