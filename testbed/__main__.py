"""``python -m testbed COMMAND``: one table of commands, each imported only when it is called."""

import importlib
import sys

from testbed.errors import BenchError, CannotStart
from testbed.leaving import leave

COMMANDS = {
    "run": ("testbed.runner.cli", "run the features against a broker, with reports"),
    "proof": ("testbed.proof.cli", "put broken and honest consumers to the proof"),
    "recheck": ("testbed.recheck", "judge a saved history again, without a broker"),
    "replay": ("testbed.replay.cli", "put dead letters back on the input topic"),
    "merge": ("testbed.runner.merge", "join the reports of a run's shards"),
    "soak": ("testbed.soak.cli", "run the suite many times, and tell how often it fails"),
    "trace": ("testbed.trace.cli", "tell where the time of the last run went"),
    "standin": ("testbed.brokers.standin", "build a stand-in image where none can be pulled"),
}


def main(words: list[str]) -> int:
    """Hand the rest of the line to the command's own ``main(words) -> int``."""
    name, *rest = words or ["--help"]
    if name in ("-h", "--help"):
        sys.stdout.write(_help())
        return 0
    if name not in COMMANDS:
        sys.stderr.write(f"[ERROR] Unknown command {name!r}.\n{_help()}")
        return 2
    try:
        return importlib.import_module(COMMANDS[name][0]).main(rest)
    except BenchError as error:
        return _refuse(error)
    except KeyboardInterrupt:
        sys.stderr.write("[ERROR] Interrupted; nothing was started.\n")
        return 130
    except ModuleNotFoundError as error:
        if str(error.name).startswith("testbed"):
            raise
        return _refuse(_missing(error))


def _refuse(error: BenchError) -> int:
    sys.stderr.write(f"[ERROR] {error}\n")
    return error.exit_code


def _missing(error: ModuleNotFoundError) -> CannotStart:
    return CannotStart(
        f"The Python package {error.name} is missing",
        f"{sys.executable} has not what requirements.txt lists",
        "Use .venv/bin/python, which scripts/run_kafka_integration_tests.sh sets up",
    )


def _help() -> str:
    lines = [f"  {name:<10} {text}\n" for name, (_, text) in COMMANDS.items()]
    return "usage: python -m testbed COMMAND [OPTIONS]\n\n" + "".join(lines)


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
