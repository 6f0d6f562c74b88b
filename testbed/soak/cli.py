"""``python -m testbed soak``: the suite N times, under changing seeds and pressure."""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from statistics import median

import msgspec

from testbed.errors import UsageError
from testbed.guardian import Guardian
from testbed.processes import TOKEN_VARIABLE
from testbed.processes.family import tokens
from testbed.soak import pressure

ROOT = Path(__file__).resolve().parents[2]
RUN = (sys.executable, "-m", "testbed", "run")
FIRST_SEED = 1000
INTERRUPTED = (129, 130, 143)


class Run(msgspec.Struct, frozen=True):
    """One run of the suite: its seed, its exit code, its wall time in seconds."""

    number: int
    seed: int
    pressed: bool
    code: int
    took_s: float


def main(words: list[str]) -> int:
    """Run; 0 where every run passed, 1 where one did not. Raises ``UsageError``."""
    asked, for_run = _parser().parse_known_args(words)
    if not 1 <= asked.runs <= 10_000:
        raise UsageError("Argument --runs: expected 1 to 10000", f"got {asked.runs}")
    if (
        asked.into.exists()
        and not (asked.into / "runs.jsonl").exists()
        and any(asked.into.iterdir())
    ):
        raise UsageError(f"Expected an empty folder, or one of an earlier soak, at {asked.into}")
    shutil.rmtree(asked.into, ignore_errors=True)
    asked.into.mkdir(parents=True)
    done: list[Run] = []
    guardian = Guardian.start(f"soak-{secrets.token_hex(4)}")  # ends the run in hand after a kill
    try:
        for run in _runs(asked, for_run, guardian.token):
            done.append(run)
            with open(asked.into / "runs.jsonl", "ab") as file:
                file.write(msgspec.json.encode(run) + b"\n")
            sys.stdout.write(f"{_line(run)}\n")
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stdout.write("Interrupted; what was done until then:\n")
    finally:
        guardian.close()
    sys.stdout.write("\n".join(verdict(done)) + "\n")
    return int(not done or any(run.code for run in done))


def verdict(runs: list[Run]) -> list[str]:
    """The closing lines: how many failed, what that says at most, and how long they took."""
    from testbed.soak.bound import highest_rate

    if not runs:
        return ["No run was finished"]
    failed = [run for run in runs if run.code]
    pressed = [run for run in runs if run.pressed]
    times = [run.took_s for run in runs]
    rate = highest_rate(len(failed), len(runs))
    return [
        f"{len(runs)} runs, {len(pressed)} of them under pressure: "
        f"{len(runs) - len(failed)} passed, {len(failed)} failed",
        f"failure rate {len(failed) / len(runs):.2%}; at most {rate:.2%} at 95 % confidence",
        f"wall time: min {min(times):.1f} s, median {median(times):.1f} s, max {max(times):.1f} s",
        *(f"failed: run {run.number}, seed {run.seed}, exit code {run.code}" for run in failed),
    ]


def _runs(asked, for_run: list[str], token: str) -> Iterator[Run]:
    for number in range(1, asked.runs + 1):
        seed, pressed = FIRST_SEED + number, number <= asked.runs * asked.pressed
        folder = asked.into / f"run-{number}"
        cores = os.cpu_count() or 1
        with pressure.on(cores, seed) if pressed else nullcontext():
            run = _one(number, seed, pressed, folder, for_run, token)
        if run.code in INTERRUPTED:
            raise KeyboardInterrupt
        if run.code == 0:
            shutil.rmtree(folder, ignore_errors=True)
        yield run
        if run.code and not asked.go_on:
            return


def _one(
    number: int, seed: int, pressed: bool, folder: Path, for_run: list[str], token: str
) -> Run:
    folder.mkdir()
    words = ["-D", f"seed={seed}", "-D", f"reports={folder}", *for_run]
    env = os.environ | {TOKEN_VARIABLE: tokens(token)}
    begun = time.monotonic()
    with open(folder / "run.log", "wb") as log:
        code = subprocess.run(
            [*RUN, *words], cwd=ROOT, env=env, stdout=log,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
        ).returncode  # fmt: skip
    return Run(number, seed, pressed, code, round(time.monotonic() - begun, 2))


def _line(run: Run) -> str:
    how = "PASSED" if run.code == 0 else f"FAILED with exit code {run.code}"
    beside = " under pressure" if run.pressed else ""
    return f"run {run.number}, seed {run.seed}{beside}: {how} ({run.took_s:.1f} s)"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m testbed soak",
        description="Run the suite again and again under changing seeds, part of the runs with "
        "every core busy with something else, and tell how often it fails that should not. "
        "All else on the line goes to the runner: feature files, --workers, -D ...",
    )
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="how many (20)")
    parser.add_argument(
        "--pressed", type=float, default=0.5, metavar="SHARE",
        help="which share of the runs is under pressure (0.5)",
    )  # fmt: skip
    parser.add_argument("--go-on", action="store_true", help="do not stop at the first failure")
    parser.add_argument(
        "--into", type=Path, default=Path("reports/soak"), metavar="FOLDER",
        help="where failed runs keep their reports (reports/soak)",
    )  # fmt: skip
    return parser
