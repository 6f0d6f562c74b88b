"""One scenario: its situation, its history and its verdict."""

import re
import time
import zlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from testbed import clients, models, tracing
from testbed.bench import Bench
from testbed.brokers import properties
from testbed.checker import Judgement, judge
from testbed.checker.tally import Tally
from testbed.checker.verdict import Finding, Verdict
from testbed.errors import BenchError
from testbed.history import PREDICTIONS, History, Mark, Outcome, Process, Sent
from testbed.pipeline import Pipeline
from testbed.reporting.text import story
from testbed.saved import save
from testbed.world import situation
from testbed.world.agreement import Agreement
from testbed.world.cluster import Cluster
from testbed.world.inputs import Inputs
from testbed.world.levels import Levels
from testbed.world.network import Network
from testbed.world.nodes import Nodes
from testbed.world.outcomes import Outcomes
from testbed.world.positions import Positions
from testbed.world.repair import Repair
from testbed.world.security import Security
from testbed.world.sending import Sending
from testbed.world.service import Service
from testbed.world.transactions import Transactions
from testbed.world.troubles import Troubles
from testbed.world.watching import Watching


class World:
    """What the steps of one scenario speak to; nothing else is put on the context."""

    def __init__(self, bench: Bench, feature: str, name: str, place: str):
        self.bench, self.feature, self.name, self.place = bench, feature, name, place
        self.options, self.limits = bench.options, bench.limits
        self.history, self.began = History(), time.time()
        self.files = models.standard(bench.models)
        self.seed = (self.options.seed + zlib.crc32(f"{feature}/{name}".encode())) % 2**31
        self.slug = _slug(f"{Path(feature).stem}-{name}")
        self.client_properties: dict[str, str] = {}  # on top of those that the broker needs
        self._judgement: Judgement | None = None
        self.cluster = Cluster(bench)
        self.agreement = Agreement(bench)
        self.sending = Sending(self)
        self.positions = Positions(self)
        self.transactions = Transactions(self)
        self.service = Service(self)
        self.network = Network(self)
        self.security = Security(self)
        self.troubles = Troubles(self)
        self.nodes = Nodes(self)
        self.watching = Watching(self)
        self.levels = Levels(self)
        self.inputs = Inputs(self)
        self.outcomes = Outcomes(self)
        self.repair = Repair(self)

    @cached_property
    def pipeline(self) -> Pipeline:
        """Topics, group and observers of this scenario; made when first needed."""
        with tracing.span("prepare", "topics, group and observers"):
            return situation.build(self)

    def require(self, promises: tuple[str, ...]) -> None:
        """Fail unless each promise that the consumer declared is HELD over what happened."""
        self.history.append(Mark(name="required", figures=dict.fromkeys(promises, 1)))
        findings = [self.judgement().finding(promise) for promise in promises]
        asked = [finding for finding in findings if not finding.undeclared]
        self._expect_none_broken(asked)
        for finding in asked:
            self._expect_known(finding)

    def require_all(self) -> None:
        """Fail if any promise is broken, named in the scenario or not."""
        self._expect_none_broken(self.judgement().findings)

    def require_none_broken_yet(self) -> None:
        """Fail if a promise was broken up to here; nothing is asked before the consumer was ready.

        The scenario ends with it, as with every judgement.
        """
        if any(event.what == "ready" for event in self.history.of(Process)):
            self.require_all()

    def judgement(self) -> Judgement:
        """All findings over the finished scenario; judged once."""
        if self._judgement is None:
            self.network.expect_sound()
            self.troubles.expect_sound()
            with tracing.span("finish", "the last outcomes, and the end of the service"):
                self.pipeline.finish(self.sending.sentinels)
            with tracing.span("judge", "the promises"):
                self._judgement = judge(self.history)
        return self._judgement

    def stories(self) -> list[str]:
        """What broke so far in words, a text for each broken promise."""
        return self._stories(self.findings())

    def findings(self) -> tuple[Finding, ...]:
        """The findings so far; none where nothing was judged."""
        return tuple(self._judgement.findings) if self._judgement else ()

    def tally(self) -> Tally | None:
        """The ledger in figures; None where nothing was judged."""
        return self._judgement.tally if self._judgement else None

    def figures(self) -> dict[str, float | int]:
        """The guide's expected-result fields, and what was timed, from the history."""
        sent = [one for one in self.history.of(Sent) if one.outcome == "acknowledged"]
        seen = self.history.of(Outcome)
        scored = [one for one in seen if one.role == PREDICTIONS]
        wanted = {one.entity for one in sent if "scored" in one.admits}
        return self.levels.figures() | {
            "messages_sent": len(sent),
            "predictions_received": len(scored),
            "dead_letters_received": len(seen) - len(scored),
            "success_rate": round(100 * len(seen) / len(sent), 2) if sent else 0.0,
            "customer_id_overlap": len(wanted & {one.entity for one in scored}),
        }

    def close(self) -> Path | None:
        """End what still runs and save the history; returns its file."""
        try:
            if "pipeline" not in self.__dict__:
                return None
            self.pipeline.close()
        finally:
            self.network.close()
        self.bench.experience.learn(self.history)
        if not self.bench.handover.owned:
            self.bench.topics.delete(*self.pipeline.topics.values())
        save(self.history, self._history_file)
        return self._history_file

    @property
    def broker_log(self) -> Path | None:
        """Where the broker of this run writes, while it runs; None where that is not known."""
        path = self.bench.handover.log_path
        return Path(path) if path else None

    def without_secrets(self, text: str) -> str:
        """``text`` without what a client of this scenario must not tell."""
        given = self.bench.handover.client_config_path
        known = clients.read_properties(given) if given else {}
        return properties.without_secrets(text, known | self.client_properties)

    @property
    def _history_file(self) -> Path:
        return self.options.reports / "history" / f"{self.slug}.jsonl"

    def _expect_none_broken(self, findings: Iterable[Finding]) -> None:
        broken = self._stories(findings)
        if broken:
            raise AssertionError("\n\n".join(broken))

    def story(self, finding: Finding) -> str:
        """A broken promise in words; empty for any other."""
        broken = finding.verdict is Verdict.BROKEN
        return story(finding, self.history, str(self._history_file)) if broken else ""

    def _stories(self, findings: Iterable[Finding]) -> list[str]:
        return [told for told in map(self.story, findings) if told]

    def _expect_known(self, finding: Finding) -> None:
        if finding.verdict is not Verdict.HELD:
            self._expect_none_broken(self.judgement().findings)  # a breach says more than a doubt
            raise BenchError(
                f"No verdict on the promise '{finding.title}'",
                finding.not_applicable or finding.reason,
                "The scenario did not create the situation that the promise is about",
            )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:100]
