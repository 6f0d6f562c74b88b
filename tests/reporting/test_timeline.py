"""The picture shows what the history says, is well-formed, and can do no harm."""

from xml.etree import ElementTree

import pytest

from testbed.checker.verdict import Finding, Verdict, Violation
from testbed.history import (
    PREDICTIONS,
    Began,
    Checkpoint,
    Fault,
    Group,
    History,
    Outcome,
    Process,
    Sent,
)
from testbed.reporting import series
from testbed.reporting.moments import moments, spans
from testbed.reporting.timeline import draw

SVG = "{http://www.w3.org/2000/svg}"


def _process(at, what, instance=0, **more):
    return Process(at=at, instance=instance, incarnation=1, what=what, **more)


def _history(*more) -> History:
    events = [
        Began(at=0.001, scenario="S"),
        _process(0.5, "started"),
        *(Sent(at=1 + n / 10, n=n, outcome="acknowledged", partition=0, offset=n)
          for n in range(5)),
        Sent(at=1.6, n=5, outcome="failed"),
        *(Outcome(at=2 + n / 10, role=PREDICTIONS, partition=0, offset=n) for n in range(4)),
        Checkpoint(at=1.5, reason="live", committed={}, input_ends={0: 5}),
        Checkpoint(at=2.5, reason="live", committed={0: 4}, input_ends={0: 5}),
        *more,
    ]  # fmt: skip
    return History(sorted(events, key=lambda one: one.at))


def _broken(at: float) -> Finding:
    violation = Violation(promise="p", subject="s", expected="1", got="0", at=at)
    return Finding(
        promise="p",
        title="no event is lost",
        verdict=Verdict.BROKEN,
        examined=5,
        violations=(violation,),
    )


def _texts(svg: str) -> list[str]:
    return [one.text for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_only_acknowledged_events_and_seen_answers_are_counted():
    texts = _texts(draw(_history()))
    assert "published 5" in texts and "answered 4" in texts
    assert {"Done (committed), partition", "Waiting (lag), partition", "0"} <= set(texts)


def test_a_kill_a_freeze_a_fault_and_a_rebalance_are_shaded_and_named():
    history = _history(
        _process(2.6, "killed"),
        _process(3.0, "started"),
        _process(3.5, "paused"),
        _process(4.0, "resumed"),
        Fault(at=4.1, name="network cut", phase="begin"),
        Fault(at=4.5, name="network cut", phase="end"),
        Group(at=2.7, state="preparing rebalancing"),
        Group(at=3.2, state="stable"),
    )
    found = {(one.kind, one.begin, one.end) for one in spans(history, 4.5)}
    assert found == {("down", 2.6, 3.0), ("frozen", 3.5, 4.0), ("fault", 4.1, 4.5),
                     ("rebalance", 2.7, 3.2)}  # fmt: skip
    svg = draw(history)
    texts = _texts(svg)
    assert "service 0 (red: down, blue: frozen)" in texts
    for words in ("killed", "frozen", "network cut", "rebalance"):
        assert words in texts, "said where it is shaded, not by its colour alone"
    assert svg.count('class="shade"') == 4 and svg.count('class="kill"') == 1


def test_what_happened_often_is_told_once():
    freezes = [_process(2 + n / 10, what) for n in range(12) for what in ("paused", "resumed")]
    texts = _texts(draw(_history(*freezes)))
    assert "frozen 12 times" in texts and "frozen" not in texts


def test_large_numbers_fit_beside_their_axis():
    sent = [Sent(at=1.0, n=n, outcome="acknowledged") for n in range(12_345)]
    texts = _texts(draw(History(sent)))
    assert "12k" in texts and "published 12345" in texts


def test_a_service_that_stopped_for_good_is_not_shaded():
    assert spans(_history(_process(3, "stopping"), _process(3.1, "exited")), 4) == []


def test_what_did_not_end_reaches_to_the_end():
    history = _history(_process(3, "paused"), Fault(at=3.2, name="cut", phase="begin"))
    assert [(one.begin, one.end) for one in spans(history, 5.0)] == [(3, 5.0), (3.2, 5.0)]


def test_a_breach_is_a_line_at_its_time_and_its_promise_the_headline():
    svg = draw(_history(), [_broken(1.3)])
    assert svg.count('class="breach"') == 1 and "Broken: no event is lost" in _texts(svg)
    assert 'class="breach"' not in draw(_history())


def test_names_from_outside_stay_text():
    evil = '"><script>alert(1)</script>\x00\u202e'
    svg = draw(_history(Fault(at=3, name=evil, phase="begin")))
    root = ElementTree.fromstring(svg)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        "svg", "style", "rect", "path", "line", "text"}  # fmt: skip
    assert any("<script>" in text for text in _texts(svg)) and "\u202e" not in svg


def test_the_picture_asks_nobody_for_anything():
    svg = draw(_history()).replace("http://www.w3.org/2000/svg", "")
    assert "http" not in svg and "url(" not in svg and "href" not in svg


@pytest.mark.parametrize("history", [History(), History([Began(scenario="S")])])
def test_a_scenario_in_which_nothing_happened_has_a_picture_too(history):
    assert "published 0" in _texts(draw(history))


def test_a_large_history_gives_a_small_picture():
    events = [Outcome(at=n / 1000, role=PREDICTIONS, partition=0, offset=n) for n in range(150_000)]
    svg = draw(History(events))
    assert len(svg) < 30_000 and "answered 150000" in _texts(svg)


def test_thinned_lines_keep_their_first_and_last_point():
    points = [(float(n), n) for n in range(1001)]
    thin = series.thinned(points)
    assert len(thin) == series.MOST_POINTS and thin[0] == points[0] and thin[-1] == points[-1]


def test_moments_are_told_in_words_and_the_group_only_on_change():
    history = _history(
        _process(3, "exited", exit_code=6, by="consumer"),
        Group(at=2.7, state="stable"),
        Group(at=2.8, state="stable"),
    )
    assert [one.words for one in moments(history)] == [
        "service 0 was started", "group is stable, 0 members",
        "service 0 exited with code 6 by itself"]  # fmt: skip
