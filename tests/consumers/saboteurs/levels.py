"""Sins of speed: right answers, too late."""

import time

from consumer.fetching import Source
from consumer.loop import Loop
from tests.consumers.saboteurs.changing import instead
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import DRAINED, STEADY


@saboteur("service-levels", STEADY, options={"service_level.latency_p50_ms": "200"})
def waits_for_a_full_batch():
    """Gathers events for a second before it looks at any, however few there are."""

    @instead(Source, "fetch")
    def _(fetch, self, most):
        records, end = [], time.monotonic() + 1.0
        while time.monotonic() < end:
            records += fetch(self, most - len(records))
        return records


@saboteur("service-levels", DRAINED, quick=True, options={"service_level.backlog_s": "5"})
def rests_before_it_begins():
    """Looks at what has waited only six seconds after it could."""

    @instead(Loop, "run")
    def _(run, self):
        end = time.monotonic() + 6.0
        while time.monotonic() < end and not self._stop.asked:
            self._source.tend(0.1)
        run(self)
