"""``python -m tests.consumers.saboteurs NAME``: run one; ``--list``: declare all as JSON.

Topics, servers, group and model come from the environment, as for any consumer.
"""

import json
import os
import sys

from tests.consumers.saboteurs.groups import TABLE
from tests.consumers.saboteurs.saboteur import Saboteur


def main(words: list[str]) -> int:
    """Run the saboteur that the only word names."""
    if words == ["--list"]:
        print(json.dumps([one.declaration() for one in TABLE.values()]))
        return 0
    if len(words) != 1 or words[0] not in TABLE:
        print(f"Expected one of {', '.join(TABLE)}, or --list; got {words}", file=sys.stderr)
        return 2
    chosen = TABLE[words[0]]
    code = chosen.begin()
    return code or 0 if chosen.alone else _reference(chosen)


def _reference(chosen: Saboteur) -> int:
    from consumer.__main__ import main as consume

    environ = os.environ
    port = environ["METRICS_PORT"] if chosen.options.get("consumer.metrics") == "yes" else "0"
    sys.argv = [
        *("consumer", "--delivery", chosen.runs or chosen.delivery, "--metrics-port", port),
        *("--instance", environ.get("INSTANCE", "0")),
        *(("--client-config", config) if (config := environ.get("CLIENT_CONFIG")) else ()),
    ]
    return consume()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
