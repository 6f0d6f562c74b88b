"""A tiny builder of readable histories: each call appends what would have been recorded."""

from hashlib import blake2b

from msgspec.structs import replace

from testbed.history import (
    DEAD_LETTERS,
    INPUT,
    PREDICTIONS,
    SCORED,
    Began,
    Checkpoint,
    Event,
    Fault,
    Group,
    History,
    Mark,
    Member,
    Outcome,
    Position,
    Process,
    Recovered,
    Sent,
    Settled,
)

BAD = ("validation_error",)
TOPICS = {INPUT: "in", PREDICTIONS: "out", DEAD_LETTERS: "dead"}


class Story:
    """Appends one event a second. ``done`` and ``ends`` follow what was sent and answered."""

    def __init__(self, delivery="exactly-once", partitions=1, running=True, **began):
        self.events: list[Event] = [
            Began(
                scenario="story",
                delivery=delivery,
                topics=TOPICS,
                partitions={INPUT: partitions, PREDICTIONS: partitions, DEAD_LETTERS: 1},
                **{"session_timeout_s": 6.0, **began},
            )
        ]
        self.time, self.sent, self.run = 0.0, 0, 0
        self.inputs: dict[int, int] = {}
        self.ends: dict[str, dict[int, int]] = {
            PREDICTIONS: dict.fromkeys(range(partitions), 0), DEAD_LETTERS: {0: 0},
        }  # fmt: skip
        if running:
            self.start()

    @property
    def history(self) -> History:
        return History(self.events)

    def add(self, event):
        self.time += 1.0
        event = replace(event, at=self.time)
        self.events.append(event)
        return event

    def wait(self, seconds: float) -> None:
        self.time += seconds

    # what the suite sends

    def send(self, customer="A", ts="", *, partition=0, outcome="acknowledged", **fields) -> Sent:
        n, self.sent = self.sent, self.sent + 1
        identity = f"{customer}|{ts or n}"
        offset = None
        if outcome == "acknowledged":
            offset = self.inputs.get(partition, 0)
            self.inputs[partition] = offset + 1
        value = fields.pop("value", identity.encode())
        usual = {
            "identity": identity, "entity": customer, "admits": (SCORED,), "score": 0.25,
            "label": 0, "features": identity, "key": customer.encode(),
            "fingerprints": (digest(value),) if value is not None else (),
        }  # fmt: skip
        return self.add(
            Sent(
                n=n,
                outcome=outcome,
                partition=partition if offset is not None else None,
                offset=offset,
                value=value,
                **{**usual, **fields},
            )
        )

    def bad(self, customer="A", ts="", **fields) -> Sent:
        """A record that only a dead letter is right for."""
        usual = {"admits": BAD, "score": None, "label": None, "features": None}
        return self.send(customer, ts, **{**usual, **fields})

    # what the consumer answers

    def score(self, sent: Sent, *, partition=None, **fields) -> Outcome:
        partition = (sent.partition or 0) if partition is None else partition
        usual = {
            "identity": sent.identity, "entity": sent.entity, "key": sent.key,
            "score": sent.score, "label": sent.label,
        }  # fmt: skip
        return self._answer(PREDICTIONS, partition, {**usual, **fields})

    def letter(self, sent: Sent, *, value=..., key=..., headers=..., **fields) -> Outcome:
        value = sent.value if value is ... else value
        key = sent.key if key is ... else key
        recovered = Recovered(
            value=value,
            value_known=True,
            key=key,
            key_known=True,
            headers=sent.headers if headers is ... else headers,
            fingerprints=(digest(value),) if value is not None else (),
        )
        source = None
        if sent.offset is not None:
            source = Position(TOPICS[INPUT], sent.partition, sent.offset)
        usual = {
            "identity": sent.identity, "entity": sent.entity, "key": key, "source": source,
            "error_type": next((a for a in sent.admits if a != SCORED), "validation_error"),
            "recovered": recovered,
        }  # fmt: skip
        return self._answer(DEAD_LETTERS, 0, {**usual, **fields})

    def answer(self, *sents: Sent) -> None:
        """The right outcome for each."""
        for sent in sents:
            if sent.admits[0] == SCORED:
                self.score(sent)
            else:
                self.letter(sent)

    def _answer(self, role: str, partition: int, fields: dict) -> Outcome:
        offset = self.ends[role][partition]
        self.ends[role][partition] = offset + 1
        return self.add(Outcome(role=role, partition=partition, offset=offset, **fields))

    # what the group shows

    def look(self, reason="live", committed=None, **fields) -> Checkpoint:
        """``committed`` defaults to everything that was sent."""
        return self.add(
            Checkpoint(
                reason=reason,
                committed=dict(self.inputs if committed is None else committed),
                ends={role: dict(ends) for role, ends in self.ends.items()},
                input_ends=dict(self.inputs),
                settled=fields.pop("settled", reason in ("killed", "stopped", "final")),
                **fields,
            )
        )

    def group(self, *owned: tuple[int, ...], state="stable") -> Group:
        members = [Member(member_id=f"m{n}", partitions=parts) for n, parts in enumerate(owned)]
        return self.add(Group(state=state, members=tuple(members)))

    def settle(self, reason="drained", **fields) -> Settled:
        return self.add(Settled(reason=reason, **{"waited_s": 2.0, **fields}))

    # what happens to the processes

    def process(self, what: str, instance=0, **fields) -> Process:
        return self.add(Process(instance=instance, incarnation=self.run, what=what, **fields))

    def start(self, instance=0) -> None:
        self.run += 1
        self.process("started", instance)
        self.process("ready", instance)

    def kill(self, instance=0, committed=None) -> None:
        """``committed``: what the group shows right after."""
        self.process("killed", instance)
        self.look("killed", committed)

    def freeze(self, seconds: float, instance=0) -> None:
        self.process("paused", instance)
        self.wait(seconds)
        self.process("resumed", instance)

    def stop(self, instance=0, exit_code=0) -> None:
        self.process("stopping", instance)
        self.process("exited", instance, exit_code=exit_code, took_s=1.0)

    def fault(self, name: str, phase: str) -> None:
        self.add(Fault(name=name, phase=phase, fired=True))

    def mark(self, name: str, **figures) -> None:
        self.add(Mark(name=name, figures=figures))

    def end(self, reason="drained", committed=None, **settled) -> History:
        """Wait for the outcomes, stop what runs, look a last time."""
        self.group(tuple(range(self.events[0].partitions[INPUT])))
        self.settle(reason, **settled)
        if reason == "drained":
            self.look("drained", committed)
        self.stop()
        self.look("stopped", committed)
        self.look("final", committed)
        return self.history


def digest(value: bytes) -> str:
    return "t" + blake2b(value, digest_size=8).hexdigest()
