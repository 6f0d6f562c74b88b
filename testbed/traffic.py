"""A load that goes on while something happens to the consumer."""

import threading

from testbed.pipeline import Pipeline
from testbed.telco.draft import Draft
from testbed.wait import until

BURST = 100  # records at once: more than one poll of most clients, so work is in flight
BURST_EVERY_S = 0.04  # 2,500 events/s: a fast consumer is still busy when the fault comes


class Traffic:
    """Publishes drafts in bursts from a thread of its own; a context manager.

    Leaving the context publishes what is left and waits for all answers of the broker.
    """

    def __init__(self, pipeline: Pipeline, drafts: list[Draft]):
        self._pipeline, self._drafts = pipeline, drafts
        self._before = pipeline.reader.count
        self._hurry = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self.published = 0

    def __enter__(self) -> "Traffic":
        self._thread.start()
        return self

    def __exit__(self, *_exc) -> None:
        self._hurry.set()
        self._thread.join()
        if self._failure:
            raise self._failure

    def await_answers(self, *, share: float) -> None:
        """Wait until that share of the load has been answered; a stuck consumer ends it too."""
        wanted = int(len(self._drafts) * share)
        history, limits = self._pipeline.history, self._pipeline.limits
        last = [self._answered(), history.now()]

        def enough_or_stuck() -> bool:
            now = self._answered()
            if now != last[0]:
                last[:] = [now, history.now()]
            return now >= wanted or history.now() - last[1] > limits.stalled_s

        until(
            enough_or_stuck,
            within_s=limits.outcomes_s,
            what=f"{wanted} events of the load to be answered",
            describe=self._answered,
            every_s=0.002,
        )

    def await_progress(self) -> None:
        """Wait until something more is answered, or until all that was published is."""
        before = self._answered()
        until(
            lambda: self._answered() > before or self._answered() >= self.published,
            within_s=self._pipeline.limits.stalled_s,
            what="the others to answer something",
            every_s=0.01,
        )

    def _answered(self) -> int:
        return self._pipeline.reader.count - self._before

    def _run(self) -> None:
        try:
            for start in range(0, len(self._drafts), BURST):
                burst = self._drafts[start : start + BURST]
                self._pipeline.publish(burst, phase="load")
                self.published += len(burst)
                self._hurry.wait(BURST_EVERY_S)
        except Exception as error:  # raised again where the traffic is joined
            self._failure = error
