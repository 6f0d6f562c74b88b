"""Where the time went: each moment counts once, and the words and the picture say so."""

import xml.etree.ElementTree as ET

import pytest

from testbed import tracing
from testbed.errors import UsageError
from testbed.trace import cli, picture, told
from testbed.trace.budget import lines
from testbed.tracing import Span

SCENARIO = Span(kind="scenario", what="f:3  All is <well>", begin=10.0, end=20.0)
STEP = Span(kind="step", what="5 events are published", begin=11.0, end=17.0)
WAITS = [
    Span(kind="wait", what="5 outcomes", begin=12.0, end=13.0),
    Span(kind="wait", what="7 outcomes", begin=13.0, end=16.0),
]
BESIDE = Span(kind="wait", what="the next start", begin=0.0, end=99.0, lane="ahead_0")
RUN = Span(kind="run", what="from prompt to verdict", begin=8.0, end=21.0)


def test_each_moment_counts_once_for_the_innermost():
    found = {(line.kind, line.what): (line.times, line.own_s) for line in lines(
        [[STEP, SCENARIO, *WAITS, BESIDE], [RUN]]
    )}  # fmt: skip
    assert found == {
        ("run", "between the steps"): (1, 13.0),
        ("scenario", "between the steps"): (1, 4.0),
        ("wait", "N outcomes"): (2, 4.0),
        ("step", "N events are published"): (1, 2.0),
    }


def test_the_words_tell_run_work_and_scenarios():
    text = told.text({"17": [SCENARIO, STEP, *WAITS, BESIDE], "runner": [RUN]})
    assert "13.00 s  run: from prompt to verdict" in text
    assert "10.0 s in all" in text and "4.00 s  40%     2 x  wait: N outcomes" in text
    assert "10.00 s  f:3  All is <well>" in text
    assert "the next start" not in text


def test_the_picture_has_a_bar_for_each_span():
    drawn = ET.fromstring(picture.svg({"17": [SCENARIO, *WAITS, BESIDE], "runner": [RUN]}))
    titles = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert "scenario: f:3  All is <well> (10.00 s)" in titles and len(titles) == 5


@pytest.fixture
def unheard(monkeypatch):
    """Nobody listens at first, nor afterwards; however short, each span is worth telling."""

    def silence():
        if tracing._Sink.file:  # of another test in this process, or of this one
            tracing._Sink.file.close()
        tracing._Sink.path = tracing._Sink.file = None

    silence()
    monkeypatch.setattr(tracing, "WORTH_S", 0.0)
    yield
    silence()


@pytest.mark.usefixtures("unheard")
def test_spans_go_to_their_file_and_come_back(tmp_path):
    with tracing.span("wait", "nobody listens"):
        pass
    tracing.record_to(tmp_path / "trace" / "17.jsonl")
    with pytest.raises(KeyError), tracing.span("wait", "an error"):
        raise KeyError
    with open(tmp_path / "trace" / "17.jsonl", "ab") as file:
        file.write(b'{"kind": "wa')
    assert [(one.kind, one.what) for one in tracing.read(tmp_path / "trace")["17"]] == [
        ("wait", "an error")
    ]


@pytest.mark.usefixtures("unheard")
def test_each_run_has_a_file_of_its_own(tmp_path):
    """Also where one process runs twice."""
    for name in ("1", "2"):
        tracing.record_to(tmp_path / f"{name}.jsonl")
        tracing.note("wait", name, 0.0)
    found = tracing.read(tmp_path)
    assert {name: [one.what for one in spans] for name, spans in found.items()} == {
        "1": ["1"], "2": ["2"],
    }  # fmt: skip


def test_a_folder_without_spans_is_told(tmp_path):
    with pytest.raises(UsageError, match="Run the features first"):
        cli.main([str(tmp_path)])
