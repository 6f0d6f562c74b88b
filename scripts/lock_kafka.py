"""Lock the embedded broker's jars: ``python scripts/lock_kafka.py 4.4.0``.

Resolves Apache Kafka and all that it needs, and writes each jar's digest to ``kafka.lock``.
"""

import hashlib
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from testbed.brokers import jars

KAFKA = "org.apache.kafka", jars.KAFKA
# Kafka names no logging backend, and would be silent: this is the smallest. The API that Kafka
# asks for is compiled for a Java so old that it does not fit into the start-up cache.
LOGGING = tuple(("org.slf4j", name, "2.0.17") for name in ("slf4j-api", "slf4j-simple"))
HEAD = "# Jars of the embedded broker: sha256, bytes, group:artifact:version\n"


def main(version: str) -> None:
    """Write the lock for ``version``."""
    from jgo.maven import Dependency

    with tempfile.TemporaryDirectory() as store:
        maven = jars.maven(Path(store), near=False)
        roots = [
            Dependency(maven.project(group, name).at_version(number).artifact())
            for group, name, number in ((*KAFKA, version), *LOGGING)
        ]
        first, others = maven.resolver.resolve(roots)
        lines = sorted(_line(one.artifact) for one in [*first, *others])
    jars.LOCK.write_text(HEAD + "".join(line for _, line in lines), "utf-8")


def _line(artifact) -> tuple[str, str]:
    data = artifact.resolve().read_bytes()
    name = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
    return name, f"{hashlib.sha256(data).hexdigest()} {len(data)} {name}\n"


if __name__ == "__main__":
    main(sys.argv[1])
