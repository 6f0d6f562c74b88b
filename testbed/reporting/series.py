"""Lines to draw: how many events were in, answered and waiting, over the time of a scenario."""

from collections.abc import Iterable

from testbed.history import Checkpoint, History, Outcome, Sent

Points = list[tuple[float, float]]  # (seconds since the scenario began, value)
MOST_POINTS = 240  # more than a picture has pixels for


def published(history: History) -> Points:
    """Acknowledged events, counted up."""
    return _counted(one.at for one in history.of(Sent) if one.outcome == "acknowledged")


def answered(history: History) -> Points:
    """Predictions and dead letters, counted up as the suite's own reader saw them."""
    return _counted(one.at for one in history.of(Outcome))


def waiting(history: History) -> dict[int, Points]:
    """Per partition of the input: records past the committed offset."""
    lines: dict[int, Points] = {}
    for point in history.of(Checkpoint):
        for partition, end in sorted(point.input_ends.items()):
            lag = max(0, end - point.committed.get(partition, 0))
            lines.setdefault(partition, []).append((point.at, lag))
    return {partition: thinned(points) for partition, points in lines.items()}


def done(history: History) -> dict[int, Points]:
    """Per partition of the input: the committed offset."""
    lines: dict[int, Points] = {}
    for point in history.of(Checkpoint):
        for partition in sorted(point.input_ends):
            offset = point.committed.get(partition, 0)
            lines.setdefault(partition, []).append((point.at, offset))
    return {partition: thinned(points) for partition, points in lines.items()}


def end_of(history: History) -> float:
    """When the last thing happened; never 0."""
    return max((event.at for event in history), default=0.0) or 1.0


def thinned(points: Points) -> Points:
    """At most so many points, the first and the last among them."""
    if len(points) <= MOST_POINTS:
        return points
    step = (len(points) - 1) / (MOST_POINTS - 1)
    return [points[round(index * step)] for index in range(MOST_POINTS)]


def _counted(times: Iterable[float]) -> Points:
    """Steps at each moment: equal moments are one step."""
    points: Points = []
    for count, at in enumerate(sorted(times), 1):
        if points and points[-1][0] == at:
            points[-1] = (at, count)
        else:
            points.append((at, count))
    return thinned(points)
