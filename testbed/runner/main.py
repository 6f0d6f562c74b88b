"""A whole run: prerequisites, broker, behave, reports, exit code, and nothing left behind."""

import secrets
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from testbed.errors import BenchError
from testbed.guardian import Guardian
from testbed.options import Options, from_userdata
from testbed.runner import behave_line, outcome, prerequisites, reports
from testbed.runner.broker import RunBroker
from testbed.runner.console import Console
from testbed.runner.interrupts import Interrupted, Interrupts
from testbed.runner.options import RunOptions
from testbed.runner.suite import Suite

RULE = "=" * 41


def run(asked: RunOptions) -> int:
    """Everything behind the command line; the exit code. Raises ``UsageError`` before a start."""
    line = behave_line.read(asked.behave_args)
    if line.only_tells:
        return behave_line.forward(asked.behave_args)
    options = from_userdata(line.userdata)
    console = Console(reports.begin(options.reports), verbose=asked.verbose)
    with Interrupts():
        try:
            return _run(asked, options, line.paths, console)
        except Interrupted as interrupted:
            console.error(f"Interrupted ({interrupted}); what was started is stopped")
            return interrupted.exit_code
        except BenchError as error:
            console.error(str(error))
            return error.exit_code
        finally:
            console.close()


def _run(asked: RunOptions, options: Options, paths: list[str], console: Console) -> int:
    for text in (RULE, "Kafka Integration Test Runner", RULE, "Checking prerequisites..."):
        console.info(text)
    prerequisites.check(options, paths)
    console.success("All prerequisites satisfied")
    with ExitStack() as stack:
        guardian = Guardian.start(f"run-{secrets.token_hex(6)}")
        stack.callback(guardian.close)
        folder = Path(tempfile.mkdtemp(prefix="churn-testbed-run-"))
        guardian.protect_folder(folder)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            ends = _passes(asked, options, folder, guardian, console)
        except BaseException:
            reports.build(options, folder, console, html=False)
            raise
        return _verdict(reports.build(options, folder, console), ends, console)


def _passes(
    asked: RunOptions, options: Options, folder: Path, guardian: Guardian, console: Console
) -> outcome.Ends:
    """Start behave and the broker side by side; follow all passes; take both down."""
    broker = RunBroker(options, folder, guardian, console)
    ends = outcome.Ends([], "")
    with ExitStack() as stack:
        stack.callback(broker.stop)
        for number in range(1, asked.repeat + 1):
            suite = Suite(folder / f"pass-{number}", console, options.limits)
            stack.callback(suite.stop)
            suite.start(asked.workers, asked.behave_args, broker.path, guardian.token)
            if number == 1:
                broker.start()
                console.info("STEP 3: Running integration tests...")
            if asked.repeat > 1:
                console.info(f"Pass {number} of {asked.repeat}")
            ends = ends.and_then(suite.wait(), suite.last_words)
    return ends


def _verdict(results, ends: outcome.Ends, console: Console) -> int:
    code = outcome.exit_code(results, ends)
    if code == outcome.PASSED:
        console.success("All integration tests PASSED ✓")
    else:
        failed = [result for result in results if result.status == "failed"]
        console.error(f"{len(failed)} of {len(results)} integration tests FAILED ✗")
        for result in failed:
            console.error(f"{result.place}  {result.scenario}: {result.headline}")
    return code
