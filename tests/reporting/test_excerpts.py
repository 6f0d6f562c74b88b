"""What a log said around a moment, whatever its lines look like."""

from datetime import UTC, datetime

import pytest

from testbed.reporting import excerpts

MOMENT = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC).timestamp()


@pytest.fixture
def said(tmp_path):
    """What is quoted of a log of these lines."""

    def quote(*lines: str) -> list[str]:
        log = tmp_path / "a.log"
        log.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return excerpts.around(log, MOMENT).splitlines()

    return quote


@pytest.mark.parametrize(
    "stamp",
    ["2026-01-01T12:00:29Z", "2026-01-01T12:00:29.123456789Z", "2026-01-01T14:00:29+02:00",
     "2026-01-01T14:00:29+0200", "[2026-01-01 12:00:29,250]", "ts=2026-01-01T12:00:29.9Z x"],
)  # fmt: skip
def test_times_are_read_in_many_forms(said, stamp):
    assert said("2026-01-01T11:00:00Z before", f"{stamp} now", "2026-01-01T13:00:00Z after") == [
        f"{stamp} now"
    ]


def test_a_time_without_a_zone_may_be_local(said, monkeypatch):
    local = datetime.fromtimestamp(MOMENT).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006 - meant
    assert said(f"{local} now", "2020-01-01 00:00:00 long ago") == [f"{local} now"]


def test_a_line_without_a_time_belongs_to_the_one_above(said):
    lines = ["2026-01-01T12:00:30Z Traceback:", "  File x", "2026-01-01T12:09:00Z on", "  more"]
    assert said(*lines) == lines[:2]


def test_without_any_time_it_is_the_last_lines_and_says_so(said):
    found = said(*(f"line {n}" for n in range(200)))
    assert found[0].startswith("(no line is near the moment") and found[-1] == "line 199"
    assert len(found) == excerpts.MOST_LINES + 1


def test_too_many_lines_keep_both_ends_and_say_how_many_are_hidden(said):
    found = said(*(f"2026-01-01T12:00:30Z {n}" for n in range(100)))
    assert len(found) == excerpts.MOST_LINES + 1 and found[-1].endswith(" 99")
    assert "60 more lines" in found[excerpts.MOST_LINES // 2]


def test_digits_that_only_look_like_a_time_are_no_time(said):
    lines = ["2026-01-01T12:00:30Z ok", "9999-99-99 99:99:99 nonsense"]
    assert said(*lines) == lines


@pytest.mark.parametrize("content", [None, b"", b"\n \n"])
def test_a_log_that_is_missing_or_empty_is_told(tmp_path, content):
    log = tmp_path / "a.log"
    if content is not None:
        log.write_bytes(content)
    assert excerpts.around(log, MOMENT) == "(the log is empty)"


def test_only_the_end_of_a_huge_log_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(excerpts, "MOST_BYTES", 50)
    log = tmp_path / "a.log"
    log.write_text("2026-01-01T12:00:30Z early\n" * 10 + "2026-01-01T12:00:30Z last\n")
    found = excerpts.around(log, MOMENT)
    assert "last" in found and found.count("early") <= 1
