"""A load that goes on while something happens to the consumer."""

import threading

from testbed.patience import answers_lost_until
from testbed.pipeline import Pipeline
from testbed.telco.draft import Draft
from testbed.wait import until

BURST = 100  # records at once: more than one poll of most clients, so work is in flight
BURST_EVERY_S = 0.02  # 5,000 events/s: a fast consumer is still busy when the fault comes
LAST_ANSWER_S = 0.5  # what a consumer left behind when it ended has come by then
TRICKLE = 20  # records at once when the load proper is out, while the fault still goes on
TRICKLE_EVERY_S = 0.2  # 100 events/s: what the slowest consumer can follow
THINNING = 50  # lots of what is left: fewer left come ever thinner, for a fault may take a minute


class Traffic:
    """Publishes a load in bursts from a thread of its own, then a trickle; a context manager.

    The first half of ``drafts`` is the load; the second half is there for the trickle. Leaving
    the context ends the trickle, publishes what is left of the load, and waits for the broker;
    leaving it with an error publishes nothing more, for the broker may be the one that is gone.
    """

    def __init__(self, pipeline: Pipeline, drafts: list[Draft]):
        self._pipeline, self._drafts, self._count = pipeline, drafts, len(drafts) // 2
        self._before = pipeline.reader.count
        self._hurry, self._given_up = threading.Event(), threading.Event()
        self._on = threading.Event()
        self._on.set()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self.published = 0

    def __enter__(self) -> "Traffic":
        self._thread.start()
        return self

    def __exit__(self, error: type[BaseException] | None, *_exc) -> None:
        if error:
            self._given_up.set()
        self._hurry.set()
        self._on.set()
        self._thread.join()
        if self._failure:
            raise self._failure

    @property
    def left(self) -> int:
        """Events that are still to come."""
        return len(self._drafts) - self.published

    def hold(self) -> None:
        """Publish nothing more until ``go_on``, but for a lot that is under way."""
        self._on.clear()

    def go_on(self) -> None:
        """Publish what was held back."""
        self._on.set()

    def await_answers(self, *, share: float) -> None:
        """Wait until that share of the load is answered; one that is stuck or gone ends it too."""
        wanted = int(self._count * share)
        history, limits = self._pipeline.history, self._pipeline.limits
        last = [self._answered(), history.now()]

        def enough_or_stuck() -> bool:
            now = self._answered()
            if now != last[0]:
                last[:] = [now, history.now()]
            patient_since = max(last[1], answers_lost_until(history, limits))
            if now >= wanted or history.now() - patient_since > limits.stalled_s:
                return True
            quiet = history.now() - last[1] > LAST_ANSWER_S
            return quiet and not self._pipeline.fleet.running()

        until(
            enough_or_stuck,
            within_s=limits.outcomes_s,
            what=f"{wanted} events of the load to be answered",
            describe=self._answered,
            every_s=0.002,
        )

    def await_progress(self) -> None:
        """Wait until something more is answered, or until all that was published is."""
        before, limits = self._answered(), self._pipeline.limits
        until(
            lambda: self._answered() > before or self._answered() >= self.published,
            # What is gone may have a transaction open, which hides the others' answers.
            within_s=limits.stalled_s + limits.open_transaction_s,
            what="the others to answer something",
            every_s=0.01,
        )

    def _answered(self) -> int:
        return self._pipeline.reader.count - self._before

    def _run(self) -> None:
        try:
            while self.published < self._count and not self._given_up.is_set():
                self._publish(min(BURST, self._count - self.published), BURST_EVERY_S)
            while self.published < len(self._drafts) and not self._hurry.is_set():
                self._publish(*thinning(self.left))
        except Exception as error:  # raised again where the traffic is joined
            self._failure = error

    def _publish(self, count: int, pause_s: float) -> None:
        self._on.wait()
        drafts = self._drafts[self.published : self.published + count]
        self._pipeline.publish(drafts, phase="load")
        self.published += len(drafts)  # the last lot may be a smaller one
        self._hurry.wait(pause_s)


def thinning(left: int) -> tuple[int, float]:
    """The next lot of the trickle and the pause behind it, so that what is left lasts long."""
    lot = min(TRICKLE, max(1, left // THINNING))
    return lot, TRICKLE_EVERY_S * max(1.0, THINNING / left) ** 2
