"""Sins of plain consumers, as tutorials have them: one record at a time, and every default."""

from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

from tests.consumers.saboteurs.naive import Naive
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import KILLED, LOOKED_AT, MANY, MIXED, STOPPED, UNDECIDED


@saboteur("no-loss", KILLED, source="B-01 B-02", group="delivery", alone=True)
def commits_by_itself():
    """The client commits by the clock what was handed out, answered or not."""

    class Automatic(Naive):
        consumer_properties: ClassVar = {"enable.auto.commit": True, "auto.commit.interval.ms": 100}

        def commit(self):
            pass

    return Automatic().run()


@saboteur("commit-not-ahead", LOOKED_AT, source="B-04", group="delivery", alone=True)
def commits_a_batch_for_its_first_record():
    """Commits without arguments after the first record: the position is behind the last."""

    class Early(Naive):
        def work(self, records):
            for number, record in enumerate(records):
                self.send(self.answered(record))
                self.producer.flush()
                if number == 0:
                    self.commit()

    return Early().run()


@saboteur("no-loss", STOPPED, source="B-05", group="shutdown", alone=True)
def commits_its_position_when_interrupted():
    """Leaves a batch half done when it is asked to stop, and commits all of it."""

    class Interrupted(Naive):
        most = 500

        def work(self, records):
            for record in records:
                if self.stop.is_set():
                    break
                self.send(self.answered(record))
                self.producer.flush()
            if records:
                self.commit()

    return Interrupted().run()


@saboteur("no-loss", MIXED, source="B-08", group="resources", alone=True)
def drops_when_the_queue_is_full():
    """Has a short queue, and takes no notice when it is full."""

    class Full(Naive):
        producer_properties: ClassVar = {"queue.buffering.max.messages": 50, "linger.ms": 5}

        def work(self, records):
            for record in records:
                try:
                    self.send(self.answered(record))
                except BufferError:
                    continue
            self.producer.flush()
            if records:
                self.commit()

    return Full().run()


@saboteur("aborted-invisible", UNDECIDED, source="B-52", group="transactions", alone=True,
          also="commit-not-ahead")  # fmt: skip
def reads_before_the_sender_has_decided():
    """Commits in good order, and reads what is not committed, because that is faster."""

    class Hasty(Naive):
        consumer_properties: ClassVar = {"isolation.level": "read_uncommitted"}

    return Hasty().run()


@saboteur("order-per-customer", MANY, source="B-36", group="ordering", alone=True)
def answers_in_four_threads():
    """Hands the records of a batch to four threads, each with the next one at hand."""

    class Threaded(Naive):
        def work(self, records):
            with ThreadPoolExecutor(4) as pool:
                for half in (records[::2], records[1::2]):
                    list(pool.map(lambda record: self.send(self.answered(record)), half))
            self.producer.flush()
            if records:
                self.commit()

    return Threaded().run()
