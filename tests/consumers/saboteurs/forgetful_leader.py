"""An honest kafka-python consumer with a dishonest assignor."""

import os
import sys
from pathlib import Path

HONEST = Path(__file__).resolve().parents[1] / "honest"


def run() -> int:
    """Serve until stopped, with an assignor that keeps to what it had once it is alone."""
    sys.path.insert(0, str(HONEST))
    import kafka_python_each
    from kafka.coordinator.assignors.range import RangePartitionAssignor

    class Forgetful(RangePartitionAssignor):
        """Ranges over all partitions, but for a leader that was left alone."""

        owned: set | None = None

        @classmethod
        def assign(cls, cluster, members):
            """What a lone leader did not have before is left to nobody."""
            shares = RangePartitionAssignor.assign(cluster, members)
            if len(members) == 1 and cls.owned is not None:
                for share in shares.values():
                    share.assigned_partitions = [
                        (topic, [p for p in partitions if p in cls.owned])
                        for topic, partitions in _pairs(share)
                    ]
            return shares

        @classmethod
        def on_assignment(cls, assignment, generation):
            """Remember what is owned."""
            cls.owned = {p for _, partitions in _pairs(assignment) for p in partitions}

    honest = kafka_python_each.KafkaConsumer
    kafka_python_each.KafkaConsumer = lambda *topics, **config: honest(
        *topics, partition_assignment_strategy=(Forgetful,), **config
    )
    sys.argv = ["forgetful", str(Path(os.environ["MODEL_PATH"]).with_suffix(".json"))]
    kafka_python_each.Service(kafka_python_each.from_environment()).run()
    return 0


def _pairs(assignment) -> list:
    return [tuple(one) for one in assignment.assigned_partitions]
