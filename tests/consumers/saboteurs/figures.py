"""Sins of the figures: what the service shows is not what it did."""

from consumer.metrics import Metrics
from tests.consumers.saboteurs.changing import instead
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import SHOWN

METRICS = {"consumer.metrics": "yes"}


@saboteur("figures-agree", SHOWN, options=METRICS, quick=True)
def shows_no_dead_letters():
    """Counts every dead letter as a score, so that nobody looks into them."""

    @instead(Metrics, "committed")
    def _(committed, self, counts, offsets):
        committed(self, {"scored": sum(counts.values())}, offsets)


@saboteur("figures-agree", SHOWN, options=METRICS)
def counts_what_it_took_as_done():
    """Its counter of outcomes runs ahead: it counts what was fetched."""

    @instead(Metrics, "fetched")
    def _(fetched, self, records, took_s):
        self.outcomes.labels("scored").inc(records)
        fetched(self, records, took_s)


@saboteur("figures-agree", SHOWN, options=METRICS)
def never_tells_its_backlog():
    """Its backlog is zero whatever waits, for the figure is never set."""

    @instead(Metrics, "__init__")
    def _(init, self):
        init(self)
        self.lag.show = lambda *_, **__: None
