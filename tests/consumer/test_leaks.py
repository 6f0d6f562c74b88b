"""What the reference consumer says to the outside: no field of a customer, no place, no secret."""

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from harness import WITHIN_S

from testbed.brokers import ports
from testbed.history import PREDICTIONS
from testbed.telco.catalogue.kind import base_event
from testbed.telco.draft import Draft
from testbed.telco.writing import compact
from testbed.wait import until
from tests.canaries import canary, leaks

PAGES = ("metrics", "livez", "readyz", "nowhere")
SAYS_A_VALUE = """
import sys
from consumer import processing
from consumer.__main__ import main
process = processing.Processor.process

def told(self, records):
    for one in records:
        {says}
    return process(self, records)

processing.Processor.process = told
sys.exit(main())
"""
LOGS = "import logging; logging.getLogger('x').warning('took %r', {what})"
LABELS = "self._metrics.rebalances.labels(({what} or b'').decode('utf-8', 'replace')).inc()"
KEY = "(one.key() or b'').hex()"


def events(marks: dict[str, str]) -> list[Draft]:
    """A mark in each field that is wrong for it, in good fields, and in what is no event."""
    drafts = []

    def add(value: bytes | None, key: bytes = b"k", headers=()) -> None:
        drafts.append(Draft(key=key, value=value, headers=headers))

    event = base_event("leak", 0, 1)
    for name in event:
        mark = marks.setdefault(name, canary(name))
        for wrong in (mark * 9, [mark], {mark: mark}):
            add(compact(event | {name: wrong}))
        add(compact({key: value for key, value in event.items() if key != name} | {mark: 1}))
    mark = marks.setdefault("other", canary("other"))
    add(compact(event | {"customerID": mark, "note": mark}), mark.encode(), (("h", mark.encode()),))
    for bytes_ in (mark.encode(), compact(event)[:-9] + mark.encode(), mark.encode("utf-16")):
        add(bytes_ + b"\xff", mark.encode(), ((mark, mark.encode()),))
    add(None, mark.encode())
    return drafts


@pytest.fixture
def told(pipeline, delivery, tmp_path):
    """Run a program over all events; the files with what it said, and what they must not hold."""

    def run(*program: str) -> tuple[list, dict[str, str]]:
        marks = {"password": canary("password"), "phrase": canary("phrase")}
        config = tmp_path / "client.properties"
        config.write_text(
            f"sasl.password={marks['password']}\nssl.key.password={marks['phrase']}\n", "utf-8"
        )
        more = {"program": program} if program else {}
        line, drafts = pipeline(delivery=delivery, **more), events(marks)
        marks |= {"place": f"{next(iter(line.topics.values()))}[0]", "topic": line.topics["input"]}
        port = ports.next_own()
        process = line.start(
            "--log-level", "debug", metrics_port=str(port), client_config=str(config)
        )
        line.await_said("running")
        line.limit_size(PREDICTIONS, 160)  # so that trouble is told as well
        line.publish(drafts)
        line.await_said("cause=MSG_SIZE_TOO_LARGE")
        line.limit_size(PREDICTIONS, 1_048_588)
        line.await_outcomes(len(drafts))
        pages = [_page(port, name, tmp_path) for name in PAGES]
        process.terminate()
        assert process.wait(WITHIN_S) == 0
        return [line.log(), *pages], marks

    return run


def _page(port: int, name: str, folder):
    """A page of the metrics server with its head, in a file."""

    def asked():
        try:
            return urlopen(f"http://127.0.0.1:{port}/{name}", timeout=5)
        except HTTPError as error:
            return error

    page = folder / f"page-{name}"
    with until(asked, within_s=WITHIN_S, what=f"the page {name}") as answer:
        page.write_bytes(str(answer.headers).encode() + answer.read())
    return page


def test_nothing_that_an_event_or_a_secret_says_is_told(told):
    """In no spelling: log at its finest, metrics, health."""
    files, marks = told()
    assert "running" in files[0].read_text("utf-8") and b"churn_" in files[1].read_bytes()
    assert leaks(files, marks.values()) == {}


@pytest.mark.parametrize(
    ("says", "number"),
    [(LOGS.format(what="one.value()"), 0), (LOGS.format(what=KEY), 0),
     (LABELS.format(what="one.key()"), 1)],
)  # fmt: skip
@pytest.mark.parametrize("delivery", ["at-least-once"])
def test_who_tells_a_field_is_found_out(told, says, number):
    """In the log as it is and in hexadecimal, and on the metrics page."""
    files, marks = told("-c", SAYS_A_VALUE.format(says=says))
    found = leaks(files, marks.values())
    assert marks["other"] in found[str(files[number])]
    assert not {marks["password"], marks["phrase"]} & set().union(*found.values())
