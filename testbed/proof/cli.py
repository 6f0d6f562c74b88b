"""``python -m testbed proof``: every saboteur is caught, every honest consumer passes.

Exit codes: 0 proven, 1 one was missed or blamed, 2 usage, 3 the broker cannot start,
130 interrupted.
"""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import msgspec
from msgspec.structs import replace

from testbed.brokers import KafkaBroker
from testbed.errors import UsageError
from testbed.guardian import Guardian
from testbed.options import Options
from testbed.processes import kill_marked
from testbed.proof import consumers, matrix, page
from testbed.proof.judging import Row
from testbed.proof.running import PARTS, Proving

INTERRUPTED = 130
JOBS = 6  # half of a run is waiting, also on two cores


def main(words: list[str]) -> int:
    """Put the chosen consumers to the proof; raises ``BenchError`` where that cannot begin."""
    args = _arguments(words)
    saboteurs, honest = chosen(args)
    consumers.install_clients(honest)
    begun = time.monotonic()
    try:
        with _Broker(args.reports) as broker:
            proving = Proving(args.reports.resolve(), broker.path, broker.token, tuple(args.behave))
            work = [lambda one=one: proving.saboteur(one) for one in saboteurs]
            parts = range(1, PARTS + 1)
            work += [lambda o=one, p=part: proving.honest(o, p) for one in honest for part in parts]
            rows = matrix.whole(in_parallel(work, args.jobs))
    except KeyboardInterrupt:
        return INTERRUPTED
    if args.keep:
        rows = matrix.kept(args.reports, rows)
    proof = matrix.Matrix(rows=rows, took_s=round(time.monotonic() - begun, 1))
    matrix.write(proof, args.reports)
    if args.page:
        page.update(args.page, proof)
    say(f"\n{matrix.summary(proof)}\nThe matrix: {args.reports / 'proof.txt'}")
    return 0 if proof.green else 1


def chosen(args: argparse.Namespace) -> tuple[list, list]:
    """Who takes part; raises ``UsageError`` for a name that nobody has.

    By name only: the reference, which every run of the suite proves, and what waits for a
    feature that is in work.
    """
    saboteurs, honest = consumers.saboteurs(args.saboteurs), consumers.honest()
    known = [one.name for one in (*saboteurs, *honest)]
    for name in args.names:
        if name not in known:
            raise UsageError(f"Expected names of consumers, got {name!r}", "docs/proof.md has them")
    if args.names:
        return _named(saboteurs, args.names), _named(honest, args.names)
    if args.quick:
        return [one for one in saboteurs if one.quick], []
    ready = [one for one in saboteurs if not one.in_work]
    others = [one for one in honest if not one.is_reference]
    return [] if args.honest_only else ready, [] if args.saboteurs_only else others


def _named(several: list, names: list[str]) -> list:
    return [one for one in several if one.name in names]


def in_parallel(work: list[Callable[[], Row]], jobs: int) -> list[Row]:
    """Do all work, a few at a time; says each row when it is there, keeps the order of work.

    What stands last is begun first: an honest consumer takes as long as dozens of saboteurs.
    """
    rows: dict[int, Row] = {}
    pool = ThreadPoolExecutor(jobs)
    try:
        futures = {pool.submit(one): number for number, one in reversed(list(enumerate(work)))}
        for future in as_completed(futures):
            row = rows[futures[future]] = future.result()
            say(f"[{'SUCCESS' if row.green else 'ERROR'}] {matrix.line(row)}")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return [rows[number] for number in sorted(rows)]


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(text, flush=True)  # noqa: T201 - what this command is for


class _Broker:
    """The embedded broker that the saboteurs share, handed over as not their own.

    So each deletes the topics that it made, and whoever breaks a broker gets another one.
    """

    def __init__(self, reports: Path):
        self.token = f"proof-{secrets.token_hex(3)}"
        self._folder = Path(tempfile.mkdtemp(prefix="churn-proof-"))
        self.path = self._folder / "handover.json"
        self._guardian = Guardian.start(self.token)
        self._guardian.protect_folder(self._folder)
        options = Options(broker="kafka", reports=reports)
        self._broker = KafkaBroker(options, self._folder, self._guardian, say)

    def __enter__(self) -> "_Broker":
        try:
            handover = replace(self._broker.start(), owned=False)
        except BaseException:
            self._guardian.close()
            raise
        self.path.touch(mode=0o600)
        self.path.write_bytes(msgspec.json.encode(handover))
        return self

    def __exit__(self, *_exc) -> None:
        kill_marked(self.token)  # runs that an interrupt left behind; else there are none
        self._broker.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._guardian.close()


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m testbed proof",
        description="Every saboteur is caught by the promise it names; no honest one is blamed.",
        epilog="Exit codes: 0 proven, 1 one was missed or blamed, 2 usage, 3 cannot start.",
    )
    add = parser.add_argument
    add(
        "names",
        nargs="*",
        metavar="NAME",
        help="only these consumers: some take part by name alone",
    )
    add("--quick", action="store_true", help="one saboteur for each promise, no honest consumer")
    add("--honest-only", action="store_true", help="no saboteur")
    add("--saboteurs-only", action="store_true", help="no honest consumer")
    add("--jobs", type=int, default=JOBS, metavar="N",
        help=f"so many side by side (default {JOBS})")  # fmt: skip
    add("--reports", type=Path, default=Path("reports/proof"), help="default %(default)s")
    add("--saboteurs", type=Path, metavar="FILE", help="another list of saboteurs, as JSON")
    add("--keep", action="store_true", help="keep the rows of others from the proof before")
    add("--page", type=Path, metavar="FILE", help="put the matrix into a page, as docs/proof.md")
    add("--behave", nargs=argparse.REMAINDER, default=[], help="all that follows goes to behave")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
