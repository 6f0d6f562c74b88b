"""Dead letters put back by the operator's own command, and watched on their way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from testbed import clients, models
from testbed.bench import ROOT
from testbed.errors import BenchError
from testbed.history import DEAD_LETTERS, INPUT, Headers, Outcome, Sent
from testbed.observers.topics import raw_record
from testbed.telco import fingerprint
from testbed.telco.dead_letters import originals
from testbed.telco.draft import Draft
from testbed.telco.records import RawRecord

if TYPE_CHECKING:
    from testbed.world.world import World

SHOWN, SHOWN_SIGNS = 3, 200  # records in a message, and of each so much
Content = tuple[int | None, bytes | None, Headers, bytes | None]


class Repair:
    """What went back to the input topic is known from what was sent, never from the command."""

    def __init__(self, world: World):
        self._world = world
        self._wanted: list[Sent] = []  # whose letters hold the whole original
        self._arrived: list[RawRecord] = []

    def mend(self) -> None:
        """Stop the service and give it the whole model; it is not started again yet."""
        world = self._world
        world.pipeline.await_outcomes("before the repair")
        world.service.stop()
        world.files = models.standard(world.bench.models)
        world.pipeline.oracle = world.bench.oracle(world.files)
        world.pipeline.fleet.give(
            model_path=str(world.files.skops), model_json_path=str(world.files.json)
        )

    def put_back(self) -> None:
        """Run the command over all letters, and take what arrives for published.

        Raises ``BenchError`` where it ends otherwise than its letters ask for.
        """
        pipeline = self._world.pipeline
        pipeline.await_outcomes("before the replay")
        letters = [one for one in self._world.history.of(Outcome) if one.role == DEAD_LETTERS]
        whole = [one for one in letters if not (one.recovered and one.recovered.truncated)]
        self._wanted = self._sent_of(whole)
        before = pipeline.group.ends(INPUT)[INPUT]
        self._run(expected_code=int(len(whole) < len(letters)))
        self._arrived = [
            one for one in map(raw_record, self._stored()) if one.offset >= before[one.partition]
        ]
        pipeline.adopt([(self._draft(one), (one.partition, one.offset)) for one in self._arrived])

    def expect_arrived(self) -> None:
        """Each whole original stands there once more, bit by bit under ``exact``, and no other."""
        assert self._wanted, "Expected dead letters that could be put back, got none"
        wanted = sorted(self._marks_sent(), key=repr)
        got = sorted(self._marks_arrived(), key=repr)
        missing = [one for one in wanted if one not in got]
        foreign = [one for one in got if one not in wanted]
        assert wanted == got, (
            f"Expected {len(wanted)} originals on the input topic once more, got {len(got)}; "
            f"missing {_shown(missing)}, changed or foreign {_shown(foreign)}"
        )

    def _marks_sent(self) -> list[object]:
        if self._exact:
            return [_content(s.partition, s.key, s.headers, s.value) for s in self._wanted]
        return [_mark(one.fingerprints) for one in self._wanted]

    def _marks_arrived(self) -> list[object]:
        if self._exact:
            return [_content(a.partition, a.key, a.headers, a.value) for a in self._arrived]
        return [_mark(fingerprint.fingerprints(one.value)) for one in self._arrived]

    def _sent_of(self, letters: Iterable[Outcome]) -> list[Sent]:
        """The record that each letter is about: by place where that is told, else by content."""
        sent = self._sent()
        placed = {(one.partition, one.offset): one for one in sent}
        found = []
        for letter in letters:
            place = letter.source and placed.get((letter.source.partition, letter.source.offset))
            marks = set(letter.recovered.fingerprints) if letter.recovered else set()
            alike = (one for one in sent if one not in found and marks & set(one.fingerprints))
            found.append(place or next(alike, None))
        return [one for one in found if one is not None]

    def _draft(self, record: RawRecord) -> Draft:
        """What is right for the record, from the first time that its like was sent."""
        marks = fingerprint.fingerprints(record.value)
        like = next(
            (one for one in self._wanted if one.value == record.value or _meet(one, marks)), None
        )
        if like is None:
            return Draft(key=record.key, value=record.value, note="put back, and never sent")
        return Draft(
            key=record.key, value=record.value, headers=record.headers, fingerprints=marks,
            identity=like.identity, entity=like.entity, features=like.features,
            admits=("scored",) if like.features else like.admits,
            note=f"put back, {like.note}" if like.note else "put back",
        )  # fmt: skip

    def _run(self, *, expected_code: int) -> None:
        topics, handover = self._world.pipeline.topics, self._world.bench.handover
        words = [
            "--bootstrap-servers", handover.bootstrap_servers,
            "--input-topic", topics[INPUT], "--deadletter-topic", topics[DEAD_LETTERS],
            "--dead-letter", self._world.options.dead_letter,
        ]  # fmt: skip
        if handover.client_config_path:
            words += ["--client-config", handover.client_config_path]
        done = subprocess.run(
            [sys.executable, "-m", "testbed", "replay", *words], cwd=ROOT, capture_output=True,
            text=True, check=False, timeout=self._world.limits.outcomes_s,
        )  # fmt: skip
        if done.returncode != expected_code:
            raise BenchError(
                f"Expected the replay to end with {expected_code}, got {done.returncode}",
                (done.stdout + done.stderr)[-1000:],
            )

    def _stored(self):
        pipeline = self._world.pipeline
        ends = pipeline.group.ends(INPUT)[INPUT]
        return clients.read_topic(
            self._world.bench.handover, pipeline.topics[INPUT], ends, self._world.limits.admin_s
        )

    def _sent(self) -> list[Sent]:
        return [one for one in self._world.history.of(Sent) if one.outcome == "acknowledged"]

    @property
    def _exact(self) -> bool:
        return self._world.options.dead_letter == "exact"


def _shown(marks: list) -> str:
    return "; ".join(repr(one)[:SHOWN_SIGNS] for one in marks[:SHOWN]) or "none"


def _content(partition: int | None, key, headers: Headers, value) -> Content:
    """What is compared, the longest last; a null header may have come back empty in its letter."""
    return partition, key, tuple((name, text or b"") for name, text in originals(headers)), value


def _mark(marks: tuple[str, ...]) -> str:
    """The widest of a value's fingerprints: equal for what is equal as JSON."""
    return marks[-1] if marks else ""


def _meet(sent: Sent, marks: tuple[str, ...]) -> bool:
    return not set(marks).isdisjoint(sent.fingerprints)
