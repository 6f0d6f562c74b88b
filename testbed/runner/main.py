"""A whole run: prerequisites, broker, behave, reports, exit code, and nothing left behind."""

import os
import secrets
import shutil
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from testbed import tracing
from testbed.brokers.protocol import Handover
from testbed.errors import BenchError
from testbed.guardian import Guardian
from testbed.options import Options, from_userdata
from testbed.reporting import record
from testbed.reporting.record import STATUSES, ScenarioResult
from testbed.reporting.summary import RunFacts
from testbed.runner import behave_line, outcome, prerequisites, reports
from testbed.runner.again import Passes, only_failed
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
    if asked.rerun_failed:
        asked = only_failed(asked, options.reports)
        line = behave_line.read(asked.behave_args)
    console = Console(reports.begin(options.reports), verbose=asked.verbose)
    tracing.record_to(options.reports / tracing.FOLDER / "runner.jsonl")
    with Interrupts(), tracing.span("run", "from prompt to verdict"):
        try:
            return _run(asked, options, line.paths, console)
        except Interrupted as interrupted:
            console.error(f"Interrupted ({interrupted}); what was started is stopped")
            console.info(f"Logs: {options.reports}{os.sep}")
            return interrupted.exit_code
        except BenchError as error:
            console.error(str(error))
            console.info(f"Logs: {options.reports}{os.sep}")
            return error.exit_code
        except Exception as error:
            console.detail(traceback.format_exc())
            console.error(f"The runner itself is broken: {error!r}. See {reports.LOG}.")
            return BenchError.exit_code
        finally:
            console.close()


def _run(asked: RunOptions, options: Options, paths: list[str], console: Console) -> int:
    began = time.monotonic()
    for text in (RULE, "Kafka Integration Test Runner", RULE, "Checking prerequisites..."):
        console.info(text)
    prerequisites.check(options, paths)
    console.success("All prerequisites satisfied")
    with ExitStack() as stack:
        guardian = Guardian.start(f"run-{secrets.token_hex(6)}")
        stack.callback(guardian.close)
        folder = Path(tempfile.mkdtemp(prefix="churn-testbed-run-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(guardian.around(folder))
        broker = RunBroker(options, folder, guardian, console)
        trouble: BaseException | None = None
        try:
            ends = _passes(asked, options, folder, broker, guardian.token, console)
            results = record.read_all(options.reports)
            code = outcome.exit_code(results, ends)
        except BaseException as error:
            trouble = error
            raise
        finally:
            facts = _facts(options, broker.handover, time.monotonic() - began, trouble)
            with ThreadPoolExecutor(1) as pool:  # both take a second: side by side
                pool.submit(_stop, broker, console)
                with tracing.span("report", "summary, JUnit and HTML"):
                    reports.build(options, folder, facts, console)
    _tell_verdict(code, results, console)
    return code


def _stop(broker: RunBroker, console: Console) -> None:
    try:
        with tracing.span("broker", "end"):
            broker.stop()
    except (BenchError, OSError) as error:  # the guardian ends it when it closes
        console.warning(f"The broker was not taken down in order: {error}")


def _passes(
    asked: RunOptions, options: Options, folder: Path, broker: RunBroker, token: str, console
) -> outcome.Ends:
    """Start behave and the broker side by side and follow all passes; the broker stays up."""
    ends, passes = outcome.Ends([], ""), Passes(options.reports)
    several = asked.repeat > 1
    with ExitStack() as stack:
        for number in range(1, asked.repeat + 1):
            suite = Suite(folder / f"pass-{number}", console, options.limits)
            stack.callback(suite.stop)
            suite.start(
                asked.workers, asked.behave_args, broker.path, token,
                several=several, shard=asked.shard, fail_fast=asked.fail_fast,
            )  # fmt: skip
            if number == 1:
                with tracing.span("broker", "start"):
                    broker.start()
                console.info("STEP 3: Running integration tests...")
            if several:
                console.info(f"Pass {number} of {asked.repeat}")
            ends = ends.and_then(suite.wait(), suite.last_words)
            differs = passes.difference() if several else ""
            if differs:
                console.warning(f"Pass {number} differs, so no more are run: {differs}")
                break
    return ends


def _facts(
    options: Options, handover: Handover | None, took_s: float, trouble: BaseException | None
) -> RunFacts:
    interrupted = isinstance(trouble, Interrupted)
    return RunFacts(
        broker=handover.name or handover.kind if handover else "",
        why_broker=handover.why if handover else "",
        stand_in=bool(handover and handover.stand_in),
        consumer=options.consumer_command or "reference",
        delivery=options.delivery,
        dead_letter=options.dead_letter,
        oracle=options.oracle,
        seed=options.seed,
        duration_s=round(took_s, 3),
        bench_error="" if trouble is None or interrupted else str(trouble),
        interrupted=interrupted,
    )


def _tell_verdict(code: int, results: list[ScenarioResult], console: Console) -> None:
    counts = Counter(result.status for result in results)
    told = ", ".join(f"{counts[name]} {name}" for name in STATUSES if counts[name])
    console.info(f"{len(results)} scenarios: {told}")
    if code == outcome.PASSED:
        console.success("All integration tests PASSED ✓")
        return
    console.error("Integration tests FAILED ✗")
