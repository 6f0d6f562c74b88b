"""Log lines: one a piece, and each with named facts."""

import logging
import re

import pytest

from consumer.log_lines import LogLines

LINE = re.compile(r'ts=\S+Z level=[a-z]+ msg=(?:[^\s"=]+|"(?:[^"\\]|\\.)*")'
                  r'(?: [a-z_0-9]+=(?:[^\s"=]+|"(?:[^"\\]|\\.)*"))*')  # fmt: skip


def line(text: str, *args, **more) -> str:
    made = logging.LogRecord("consumer", logging.INFO, "x.py", 1, text, args, None)
    vars(made).update(more)
    return LogLines().format(made)


def facts(text: str) -> str:
    """Without the time."""
    return text.partition(" ")[2]


def test_the_pairs_at_the_end_are_facts_of_their_own():
    assert facts(line("partitions %s count=%d owned=%d", "lost", 2, 1)) == (
        'level=info msg="partitions lost" count=2 owned=1'
    )
    assert facts(line("running")) == "level=info msg=running"


def test_an_equals_sign_within_the_message_is_no_fact():
    assert facts(line("expected key=value, got something else")) == (
        'level=info msg="expected key=value, got something else"'
    )


@pytest.mark.parametrize("text", ["a\nb", 'a "b"', "a\r\x85b", "a b", "back\\slash", "x=1\n y=2"])
def test_whatever_it_says_it_is_one_line_that_can_be_read_back(text):
    made = line(text)
    assert len(made.splitlines()) == 1
    assert LINE.fullmatch(made)


def test_a_trace_is_a_fact_of_its_line():
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        made = line("where it failed", exc_info=(ValueError, error, error.__traceback__))
    assert len(made.splitlines()) == 1
    assert LINE.fullmatch(made)
    assert "ValueError: two" in made
