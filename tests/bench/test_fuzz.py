"""The fuzz program finds a consumer that reads the contract another way, and tells the case."""

import json
import sys

import msgspec

from bench import fuzz
from consumer.messages import Event
from testbed.telco.fuzzing import draft


def run(monkeypatch, capsys, cases=600) -> tuple[int, dict, str]:
    monkeypatch.setattr(sys, "argv", ["fuzz", "--cases", str(cases), "--seed", "5"])
    code = fuzz.main()
    told = capsys.readouterr()
    return code, json.loads(told.out), told.err


def test_the_reference_agrees_with_the_contract(monkeypatch, capsys):
    """Every case, and the figures say how many there were of which outcome."""
    code, figures, told = run(monkeypatch, capsys)
    assert (code, figures["disagreements"], told) == (0, 0, "")
    assert figures["cases"] == sum(figures["outcomes"].values()) == 600
    assert min(figures["outcomes"].values()) > 50


def test_a_reader_that_keeps_the_last_of_two_keys_is_found(monkeypatch, capsys):
    """The parser's own reading, without the look for what it swallowed."""
    monkeypatch.setattr("consumer.reading._nothing_hidden", lambda value: True)
    code, figures, told = run(monkeypatch, capsys)
    assert code == 1 and figures["disagreements"]
    assert "of seed 5: expected deserialization_error, got scored; value in base64: " in told


def test_a_prediction_of_another_event_is_found(monkeypatch, capsys):
    """The right outcome for the wrong customer."""
    strict = fuzz.Reader.read

    def read(self, values):
        found = strict(self, values)
        return [one._replace(event_ts="2026") if type(one) is Event else one for one in found]

    monkeypatch.setattr(fuzz.Reader, "read", read)
    code, _, told = run(monkeypatch, capsys)
    assert code == 1 and "expected the prediction of " in told


def test_a_letter_that_changes_the_original_is_found(monkeypatch, capsys):
    """One blank more, which no careless reader would see."""
    whole = fuzz.DeadLetters.letter

    def letter(self, original, refusal, failed_ts):
        message = whole(self, original, refusal, failed_ts)
        fields = msgspec.json.decode(message.value)
        if fields["original_message_encoding"] == "utf-8":
            fields["original_message"] += " "
        return message._replace(value=msgspec.json.encode(fields))

    monkeypatch.setattr(fuzz.DeadLetters, "letter", letter)
    code, _, told = run(monkeypatch, capsys)
    assert code == 1 and "expected the original back" in told


def test_a_crash_is_found(monkeypatch, capsys):
    """With the first case of the batch that it took down."""
    monkeypatch.setattr(fuzz.Reader, "read", lambda self, values: 1 / 0)
    code, figures, told = run(monkeypatch, capsys)
    assert code == 1 and figures["disagreements"] == 2
    assert "case 500 of seed 5: the batch of 100 raised ZeroDivisionError" in told


def test_a_case_can_be_made_again():
    """From its number and seed alone, and another seed gives another."""
    assert [draft(n, 5) for n in range(50)] == [draft(n, 5) for n in range(50)]
    assert draft(7, 5).value != draft(7, 6).value
