"""An honest consumer in a few lines: what it would have left on the broker, kills included."""

from random import Random

from msgspec.structs import replace

from testbed.history import History, Sent
from tests.checker.story import BAD, Story

EITHER = ("scored", "validation_error")


class Simulation:
    """Everything follows from the seed: events, batches, live looks, kills, stops, zombies."""

    def __init__(self, seed: int, delivery: str, dead_letter: str, partitions: int):
        self.random = Random(seed)
        self.alo = delivery == "at-least-once"
        self.story = Story(delivery, partitions, dead_letter=dead_letter)
        self.partitions = partitions
        self.inputs: dict[int, list[Sent]] = {p: [] for p in range(partitions)}
        self.done = dict.fromkeys(range(partitions), 0)

    def run(self, steps: int) -> History:
        """Some steps, the rest of the work, and a quiet end."""
        for _ in range(steps):
            self.send(self.random.randint(1, 4))
            self.random.choice(
                (
                    self.work,
                    self.work,
                    self.kill,
                    self.stop,
                    self.freeze,
                    self.zombie,
                    self.kill_one,
                )
            )()
        self.send(2)  # nothing that was sent from here on may ever repeat
        for partition in range(self.partitions):
            self.batch(partition, len(self.inputs[partition]))
        return self.story.end(committed=self.committed)

    @property
    def committed(self) -> dict[int, int]:
        return {partition: offset for partition, offset in self.done.items() if offset}

    def send(self, count: int) -> None:
        for _ in range(count):
            name = self.random.choice("ABCDE")
            partition = ord(name) % self.partitions
            ts = str(self.story.sent)
            if self.random.random() < 0.15:
                ts = "again"  # the same event as some other one of this customer
            if self.random.random() < 0.3:
                sent = self.story.bad(name, f"bad {ts}", partition=partition, admits=BAD)
            else:
                score = round(0.05 + self.story.sent % 90 / 100, 2)
                score = 0.5 if ts == "again" else score
                label = int(score > 0.5)
                sent = self.story.send(name, ts, partition=partition, score=score, label=label)
            self.inputs[partition].append(sent)
            if self.random.random() < 0.05:  # on the topic, but nobody ever heard so
                self.story.events[-1] = replace(
                    sent, outcome="unknown", partition=None, offset=None
                )
            if self.random.random() < 0.1:
                self.story.send(name, outcome=self.random.choice(("failed", "unknown")))

    def work(self) -> None:
        self.batch(self.random.randrange(self.partitions), self.random.randint(1, 5))

    def batch(self, partition: int, size: int) -> None:
        """Answer, then commit; a live look may fall anywhere."""
        begin = self.done[partition]
        sents = self.inputs[partition][begin : begin + size]
        for sent in sents:
            self.answer(sent)
            if self.alo and self.random.random() < 0.2:
                self.story.look(committed=self.committed)
        self.done[partition] = begin + len(sents)
        if self.random.random() < 0.5:
            self.story.look(committed=self.committed)

    def answer(self, sent: Sent) -> None:
        self.story.answer(sent)

    def kill(self) -> None:
        """In the middle of a batch: answers without a commit, or nothing visible at all."""
        self.unfinished()
        self.story.kill(committed=self.committed)
        self.story.start()

    def kill_one(self) -> None:
        """The other member takes over and goes on committing before anybody looks."""
        self.story.start(1)
        self.unfinished()
        self.story.process("killed")
        for partition in range(self.partitions):
            self.batch(partition, self.random.randint(0, 3))
        self.story.look("killed", self.committed, settled=False)
        self.story.start()
        self.story.stop(1)

    def unfinished(self) -> list[Sent]:
        """Begin a batch and do not commit it; under exactly-once it leaves a gap only."""
        partition = self.random.randrange(self.partitions)
        begin = self.done[partition]
        sents = self.inputs[partition][begin : begin + self.random.randint(0, 3)]
        if self.alo:
            self.story.answer(*sents)
        else:
            self.story.ends["predictions"][partition] += len(sents) + 1
        return sents

    def stop(self) -> None:
        self.story.stop()
        self.story.look("stopped", self.committed)
        self.story.start()

    def freeze(self) -> None:
        self.story.freeze(1)

    def zombie(self) -> None:
        """Another one takes over; the frozen one comes back and finishes what it had in hand."""
        self.story.start(1)
        partition = self.random.randrange(self.partitions)
        begin = self.done[partition]
        hand = self.inputs[partition][begin : begin + 3]
        self.story.process("paused")
        self.story.wait(7)
        self.batch(partition, 3)
        self.story.process("resumed")
        if self.alo:
            self.story.answer(*hand[self.random.randint(0, len(hand)) :])
        self.story.stop(1)


def renumbered(history: History) -> list:
    """The events, open to change."""
    return [replace(event) for event in history]
