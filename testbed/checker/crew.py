"""Who was running when: the consumer's processes, from their events alone."""

from testbed.history import Process

BY_ITSELF = "consumer"
IGNORED_STOP = "timeout"  # asked to stop, did not, and was killed for it


class Crew:
    """The instances of the consumer over time. A history without processes tells nothing."""

    def __init__(self, processes: list[Process]):
        self.processes = processes

    @property
    def started(self) -> bool:
        """Whether any instance was ever started."""
        return any(event.what == "started" for event in self.processes)

    def last(self, at: float) -> dict[int, Process]:
        """The last thing that happened to each instance up to ``at``."""
        state: dict[int, Process] = {}
        for event in self.processes:
            if event.at <= at:
                state[event.instance] = event
        return state

    def acting(self, at: float) -> set[int]:
        """Instances that could do something at ``at``: started, not frozen, not gone."""
        down = ("killed", "exited", "paused")
        return {n for n, event in self.last(at).items() if event.what not in down}

    def expected_to_work(self, at: float) -> bool:
        """Whether work could be expected: somebody acts, or is gone through its own fault.

        Where nothing at all is known about processes, somebody is taken to run.
        """
        if not self.processes or self.acting(at):
            return True
        last = self.last(at).values()
        return any(
            event.what in ("killed", "exited") and event.by in (BY_ITSELF, IGNORED_STOP)
            for event in last
        )

    def unclean(self) -> bool:
        """Whether any instance ended without having been asked to, or in spite of it."""
        return any(
            event.what == "killed" or (event.what == "exited" and event.by == BY_ITSELF)
            for event in self.processes
        )
