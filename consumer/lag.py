"""How many records each partition is behind, from what the client knows without asking."""

from prometheus_client import Gauge


class Lag:
    """End of each partition less what is committed; markers of transactions count, as elsewhere.

    A partition shows no figure until its end is known, and either a record of it was seen or
    the client found nothing more to read.
    """

    def __init__(self, gauge: Gauge):
        """``gauge`` has one label, the partition."""
        self._gauge = gauge
        self._done: dict[int, int] = {}  # partition -> next offset to be committed
        self._shown: set[int] = set()

    def seen(self, records: list, partitions: set[int]) -> None:
        """Records were fetched; the first of a new partition tells where the group stands."""
        unknown = partitions - self._done.keys()
        if unknown:
            for record in records:
                if record.partition() in unknown:
                    self._done.setdefault(record.partition(), record.offset())

    def committed(self, offsets: dict[int, int]) -> None:
        """These are the next offsets of the group now."""
        self._done |= offsets

    def forget(self, partitions: set[int]) -> None:
        """They are another member's."""
        for partition in partitions:
            self._done.pop(partition, None)
            if partition in self._shown:
                self._shown.remove(partition)
                self._gauge.remove(str(partition))

    def show(self, partition: int, end: int, *, idle: bool) -> None:
        """``end`` is negative while unknown; ``idle``: nothing was left to read just now."""
        if idle and end >= 0:
            self._done.setdefault(partition, end)
        if end >= 0 and partition in self._done:
            self._shown.add(partition)
            self._gauge.labels(str(partition)).set(max(0, end - self._done[partition]))
