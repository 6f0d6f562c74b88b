"""The three agreed topics under their agreed names."""

from collections.abc import Callable
from contextlib import suppress

from confluent_kafka import KafkaException
from confluent_kafka.admin import NewTopic

from testbed import topics as agreed
from testbed.bench import Bench
from testbed.errors import NotReached
from testbed.wait import until

SETTINGS = {"cleanup.policy": "delete", "retention.ms": "3600000", "max.message.bytes": "1048588"}


class Agreement:
    """Creates the agreed topics and looks at what the cluster made of it.

    The exact names are used where the broker is this run's own; elsewhere they get a token,
    so that nobody else's topics are touched.
    """

    def __init__(self, bench: Bench):
        self._bench = bench
        self._names: dict[str, str] = {}
        self._refusals: dict[str, str] = {}

    def create(self) -> None:
        """Create the topics; leftovers of an earlier scenario are removed first."""
        own = self._bench.handover.owned
        self._names = agreed.names("" if own else self._bench.next_token())
        there = self._bench.topics.partitions(*self._names.values())
        if there:
            self._bench.topics.delete(*there)
        self._bench.topics.create(self._wanted(), SETTINGS)

    def create_again(self) -> None:
        """Create topics that are there, and keep what the broker says."""
        again = [NewTopic(name, count) for name, count in self._wanted().items()]
        for name, future in self._bench.admin.create_topics(again).items():
            try:
                future.result()
            except KafkaException as error:
                self._refusals[name] = error.args[0].name()

    def expect_refused(self) -> None:
        """Each topic was refused, for being there already."""
        expected = dict.fromkeys(self._names.values(), "TOPIC_ALREADY_EXISTS")
        assert self._refusals == expected, f"Expected {expected}, got {self._refusals}"

    def expect_partitions(self, role: str, count: int) -> None:
        """The partition count of one topic."""
        name = self._names[role]
        got = self._shown(name, when=bool).get(name)
        assert got == count, f"Expected {count} partitions, got {got} - at topic {name}"

    def expect_settings(self, settings: dict[str, str]) -> None:
        """Every topic has these settings."""
        assert settings, "Expected settings to compare, got none"
        for name in self._names.values():
            told = self._bench.topics.config(name)
            for key, value in settings.items():
                assert told.get(key) == value, (
                    f"Expected {key}={value}, got {told.get(key)} - at topic {name}"
                )

    def delete(self) -> None:
        """Delete the topics."""
        self._bench.topics.delete(*self._names.values())

    def expect_gone(self) -> None:
        """The cluster shows none of the topics."""
        there = self._shown(*self._names.values(), when=lambda shown: not shown)
        assert not there, f"Expected none of the topics, got {there}"

    def _shown(self, *names: str, when: Callable[[dict], bool]) -> dict[str, int]:
        """Partition counts once they are so, or as they were last: nodes hear of topics in turn."""
        topics, seen = self._bench.topics, [{}]

        def look() -> bool:
            seen[0] = topics.partitions(*names)
            return when(seen[0])

        with suppress(NotReached):
            until(look, within_s=topics.answer_within_s, what="the nodes to know")
        return seen[0]

    def _wanted(self) -> dict[str, int]:
        return {name: agreed.PARTITIONS[role] for role, name in self._names.items()}
