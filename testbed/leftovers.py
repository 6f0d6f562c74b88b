"""What a run made on a cluster that is not its own, and takes away again."""

from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from testbed.errors import BenchError, NotReached
from testbed.topics import Topics
from testbed.wait import until

GONE = {KafkaError.GROUP_ID_NOT_FOUND, KafkaError.UNKNOWN_TOPIC_OR_PART}


class Leftovers:
    """Topics and groups by the names that this run gave them; nothing else is ever deleted."""

    def __init__(self, admin: AdminClient, topics: Topics, answer_within_s: float):
        self._admin, self._topics, self._within_s = admin, topics, answer_within_s
        self._groups: set[str] = set()

    def note_group(self, name: str) -> None:
        """A group that a consumer of this run is going to make."""
        self._groups.add(name)

    def delete_topics(self) -> None:
        """Delete those that no scenario has deleted; raises ``BenchError`` where that fails."""
        if self._topics.made:
            self._topics.delete(*self._topics.made)

    def delete_groups(self, session_s: float) -> None:
        """Delete all groups; a member that was killed keeps its group for ``session_s`` more.

        Raises ``BenchError`` with the names of those that are left.
        """
        try:
            until(
                self._none_left,
                within_s=session_s + self._within_s,
                what="the groups of this run to be gone",
                describe=lambda: ", ".join(sorted(self._groups)),
                every_s=0.2,
            )
        except NotReached as error:
            raise BenchError(
                "Groups of this run are left on the cluster", error.cause,
                "Delete them with kafka-consumer-groups.sh --delete",
            ) from error  # fmt: skip

    def _none_left(self) -> bool:
        if self._groups:
            self._groups -= set(self._deleted(self._groups))
        return not self._groups

    def _deleted(self, names: Iterable[str]) -> Iterable[str]:
        futures = self._admin.delete_consumer_groups(list(names), request_timeout=self._within_s)
        for name, future in futures.items():
            try:
                future.result()
            except KafkaException as error:
                if error.args[0].code() not in GONE:
                    continue
            yield name
