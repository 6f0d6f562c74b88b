"""A broker that asks who is there: the service's account and rights, and what is wrong."""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from testbed import faults
from testbed.brokers.guard import EXPIRED, MECHANISM, PROTOCOL, RENAMED, keystore
from testbed.brokers.settings import NODE_ID
from testbed.errors import BenchError
from testbed.history import Checkpoint, Outcome, Process
from testbed.pipeline import LOOK_EVERY_S
from testbed.security import rights
from testbed.wait import until

if TYPE_CHECKING:
    from testbed.world.world import World

STILL_S = 4.0  # a service that does nothing for so long stands still where everybody sees it
NOT_IN_S = 10.0  # and one that was just started, and has all its imports before it
REFUSED = 5  # the reference's exit code where it is not let in, or not allowed
BAD, GOOD = 4, 16  # events while a right is missing: enough for each topic to be written to

PASSWORD = "a wrong password"
AUTHORITY = "an authority that did not sign the broker's certificate"
WAYS = {
    "a broker that goes by another name": RENAMED,
    "a broker whose certificate has expired": EXPIRED,
}


class Security:
    """One scenario's account on the guarded broker of its bench."""

    def __init__(self, world: World):
        self._world = world
        self._user, self._password = f"scorer-{secrets.token_hex(4)}", secrets.token_urlsafe(12)
        self._wrongs: list[str] = []
        self._stops: dict[str, Checkpoint] = {}
        self.servers = ""  # where the service is told to find the broker; empty: not guarded

    def open(self) -> None:
        """Make the account with the rights that it needs; before the service is started."""
        world = self._world
        if "pipeline" in world.__dict__:
            raise BenchError("The guarded broker was asked for after the scenario had begun")
        self.servers = world.bench.trust.guard.address()
        world.client_properties = self._properties()
        world.bench.access.account(self._user, self._password)
        for right in rights.needed(world.options.delivery):
            self._grant(right)

    def start_wrong(self, wrongs: list[str]) -> None:
        """Start an instance for each thing that is wrong, and wait until none tries any more."""
        pipeline, self._wrongs = self._world.pipeline, wrongs
        for number, what in enumerate(wrongs):
            pipeline.fleet.prepare(number, **self._wrong(number, what))
        with faults.recorded(pipeline, "broker lets nobody in") as proof:
            proof["open_work"] = faults.open_work(pipeline.group.checkpoint("live"))
            pipeline.start_consumers(len(wrongs))
            self._await_powerless(NOT_IN_S)
            pipeline.group.checkpoint("live")

    def expect_shut_out(self) -> None:
        """Nobody was in the group, nothing is answered, nothing counts as done."""
        pipeline, history = self._world.pipeline, self._world.history
        members = [one.client_id for one in pipeline.group.describe().members]
        seen, done = len(history.of(Outcome)), sum(pipeline.group.committed().values())
        assert not (members or seen or done), (
            f"Expected nobody to take part with {', '.join(self._wrongs)}; "
            f"got {members} in the group, {seen} answers, {done} events that count as done"
        )
        self._expect_codes(range(len(self._wrongs)))

    def put_right(self) -> None:
        """Give each instance what was wrong, and start all of them again."""
        world = self._world
        world.pipeline.stop_consumers()  # those that tried on
        for what in self._wrongs:
            if what in WAYS:
                self._renew(WAYS[what])
        for number, what in enumerate(self._wrongs):
            if what not in WAYS:
                _write(self._file(number), self._properties())
        world.service.start(len(self._wrongs))

    def withdraw_each(self, titles: Iterable[str]) -> None:
        """One right after the other is missing for a while; one that is not needed is left out.

        Raises ``BenchError`` for a title that no right has.
        """
        titles, listed = list(titles), {right.title for right in rights.needed("exactly-once")}
        if unknown := [title for title in titles if title not in listed]:
            raise BenchError(f"Expected rights that are on the list, got {', '.join(unknown)}")
        needed = {right.title: right for right in rights.needed(self._world.options.delivery)}
        for title in titles:
            if title in needed:
                self._without(needed[title])

    def expect_stopped(self) -> None:
        """Each time there was work left that nobody did, until the right was back."""
        assert self._stops, "Expected rights that were withdrawn, got none"
        idle = [title for title, look in self._stops.items() if not faults.open_work(look)]
        assert not idle, f"Expected work to wait for each right, got none for {', '.join(idle)}"
        self._expect_codes([0] * len(self._stops))

    def _without(self, right: rights.Right) -> None:
        world, pipeline = self._world, self._world.pipeline
        with faults.recorded(pipeline, f"broker withdraws the right {right.title}") as proof:
            self._world.bench.access.revoke(self._binding(right))
            world.sending.mixed(BAD, GOOD)
            self._await_powerless(STILL_S)
            self._stops[right.title] = pipeline.group.checkpoint("live")
            proof["open_work"] = faults.open_work(self._stops[right.title])
            self._grant(right)
        world.service.restart()  # some clients never try again after such an answer
        pipeline.await_outcomes(right.title)

    def _await_powerless(self, still_s: float) -> None:
        """Until every instance has ended, or nothing has moved for a while.

        The reference ends, as it promises: only a machine with much else to do lets it wait.
        """
        pipeline, history = self._world.pipeline, self._world.history
        if self._world.options.is_reference:
            still_s = self._world.limits.consumer_ready_s
        last: list = [None, history.now()]

        def powerless() -> bool:
            state = (pipeline.reader.count, pipeline.group.committed())
            if state != last[0]:
                last[:] = [state, history.now()]
            return not pipeline.fleet.running() or history.now() - last[1] > still_s

        until(
            powerless,
            within_s=self._world.limits.outcomes_s,
            what="the service to end or to stand still",
            every_s=LOOK_EVERY_S,
        )

    def _expect_codes(self, instances: Iterable[int]) -> None:
        if not self._world.options.is_reference:
            return
        ended = [one for one in self._world.history.of(Process) if one.by == "consumer"]
        got = [(one.instance, one.exit_code) for one in ended if one.what == "exited"]
        expected = [(number, REFUSED) for number in instances]
        assert sorted(got) == expected, f"Expected instance and exit code {expected}, got {got}"

    def _wrong(self, number: int, what: str) -> dict[str, str]:
        """The values of an instance that has this one thing wrong."""
        if what in WAYS:
            return {"bootstrap_servers": self._world.bench.trust.guard.address(WAYS[what])}
        stranger = str(self._world.bench.trust.stranger)
        other = secrets.token_urlsafe(12)
        wrong = {PASSWORD: {"sasl.password": other}, AUTHORITY: {"ssl.ca.location": stranger}}
        if what not in wrong:
            known = ", ".join((*wrong, *WAYS))
            raise BenchError(f"Expected something that can be wrong, got {what!r}", known)
        _write(self._file(number), self._properties() | wrong[what])
        return {"client_config": str(self._file(number))}

    def _renew(self, name: str) -> None:
        """Change the broker's certificate, and wait until it shows the new one."""
        trust, access = self._world.bench.trust, self._world.bench.access
        access.configure(str(NODE_ID), keystore(name), trust.renewed(name).as_posix())
        until(
            lambda: _is_trusted(trust.guard.address(name), trust.authority),
            within_s=self._world.limits.admin_s,
            what="the broker to show its new certificate",
            every_s=LOOK_EVERY_S,
        )

    def _file(self, number: int) -> Path:
        return self._world.bench.folder / f"{self._user}-{number}.properties"

    def _properties(self) -> dict[str, str]:
        return {
            "security.protocol": PROTOCOL,
            "ssl.ca.location": str(self._world.bench.trust.authority),
            "sasl.mechanism": MECHANISM,
            "sasl.username": self._user,
            "sasl.password": self._password,
        }

    def _grant(self, right: rights.Right) -> None:
        self._world.bench.access.grant(self._binding(right))

    def _binding(self, right: rights.Right):
        pipeline = self._world.pipeline
        names = pipeline.topics | {rights.GROUP: pipeline.group.name}
        prefix = right.on == rights.TRANSACTIONS
        name = pipeline.group.name if prefix else names[right.on]
        return rights.binding(right, self._user, name, prefix=prefix)


def _is_trusted(address: str, authority: Path) -> bool:
    """Whether who listens there has a certificate that a client would take."""
    host, _, port = address.rpartition(":")
    context = ssl.create_default_context(cafile=authority)
    try:
        with (
            socket.create_connection((host, int(port)), timeout=1) as connection,
            context.wrap_socket(connection, server_hostname=host),
        ):
            return True
    except OSError:  # ssl's errors are among them
        return False


def _write(path: Path, properties: dict[str, str]) -> None:
    path.touch(mode=0o600)
    path.write_text("".join(f"{key}={value}\n" for key, value in properties.items()), "utf-8")
