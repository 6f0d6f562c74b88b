"""Sins of stopping: work left behind, work invented, or no stop at all."""

import os
import signal

from consumer import stopping
from consumer.at_least_once import AtLeastOnce
from consumer.loop import Loop
from consumer.stopping import Stop
from tests.consumers.saboteurs.changing import client_properties, instead
from tests.consumers.saboteurs.rebalancing import commit_once_a_second
from tests.consumers.saboteurs.saboteur import saboteur
from tests.consumers.saboteurs.scenarios import FIFTY, STOPPED, STOPPED_OFTEN, TEN_FIFTEEN


@saboteur("stops-clean", FIFTY, options={"timeout.consumer_stop_s": "8"}, quick=True)
def ignores_the_request_to_stop():
    """Goes on whatever it is told, until it is killed."""

    @instead(Stop, "ask")
    def _(_ask, _self, *_signal):
        return None


@saboteur("stops-clean", STOPPED, source="B-38", also=("no-duplicates", "commit-reaches-end"))
def ends_without_a_last_commit():
    """Commits once a second, and not when it ends."""
    commit_once_a_second()

    @instead(Loop, "_finish")
    def _(_finish, _self):
        os._exit(0)


@saboteur("no-duplicates", TEN_FIFTEEN, source="B-38",
          also=("stops-clean", "commit-reaches-end", "lag-returns"))  # fmt: skip
def commits_by_the_thousand():
    """Commits each thousand records, and nothing of a smaller rest."""

    @instead(AtLeastOnce, "_commit")
    def _(commit, self):
        return self.pending < 1000 or commit(self)

    @instead(Loop, "_finish")
    def _(_finish, _self):
        return None


@saboteur("no-loss", STOPPED, source="B-05")
def commits_all_it_fetched_at_the_end():
    """When it is asked to stop, it counts what it has fetched as done."""

    @instead(Loop, "_finish")
    def _(finish, self):
        records = self._source.fetch(500)
        self._source.commit({one.partition(): one.offset() + 1 for one in records})
        finish(self)


@saboteur("no-loss", STOPPED, source="B-06 B-07")
def leaves_its_queue_behind():
    """Commits what stands in the producer's queue, and ends without waiting for it."""
    client_properties("Producer", linger_ms=500)

    @instead(AtLeastOnce, "_outstanding")
    def _(_outstanding, _self):
        return False

    @instead(Loop, "_finish")
    def _(_finish, _self):
        os._exit(0)


@saboteur("no-loss", STOPPED_OFTEN)
def forgets_the_last_record_before_a_stop():
    """Takes one more batch when it is asked to stop, and answers all of it but the last."""

    @instead(Loop, "_finish")
    def _(finish, self):
        records = self._source.fetch(500)
        if records:
            batch = self._processor.process(records)
            batch.outgoing.pop()
            self._delivery.deliver(batch)
        finish(self)


@saboteur("stops-clean", STOPPED_OFTEN, source="B-42", also=("no-duplicates",))
def leaves_a_child_at_work():
    """The process that is asked to stop ends at once; the work is done by its child."""
    if os.fork():
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        signal.pause()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stopping.SIGNALS = ()
