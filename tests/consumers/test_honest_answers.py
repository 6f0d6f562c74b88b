"""What the honest Python consumers answer, record by record, before any broker is involved."""

from pathlib import Path

import pytest

from testbed.history import SCORED
from testbed.telco.catalogue import KINDS
from testbed.telco.contract import classify
from testbed.telco.customers import fifty, stream
from testbed.telco.oracle import Oracle
from testbed.telco.reading import read_dead_letter, read_prediction
from testbed.telco.records import RawRecord
from tests.consumers.honest.shared.answer import Answer, Record, answer
from tests.consumers.honest.shared.forest import Forest
from tests.consumers.honest.shared.settings import Settings

SETTINGS = Settings(
    bootstrap="",
    input_topic="in",
    output_topic="out",
    deadletter_topic="dead",
    group="g",
    instance="0",
    model_json=Path("model.json"),
    client={},
)


def answered(draft, forest: Forest) -> Answer:
    """The answer to a draft at some place on the input topic."""
    record = Record(1, 7, draft.key, draft.value, list(draft.headers))
    return answer(record, SETTINGS, forest)


def seen(given: Answer):
    """The outcome that the suite reads from an answer."""
    raw = RawRecord(
        topic=given.topic,
        partition=0,
        offset=0,
        key=given.key,
        value=given.value,
        headers=tuple(given.headers),
        timestamp_ms=0,
    )
    return read_prediction(raw) if given.topic == "out" else read_dead_letter(raw)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_every_kind_of_record_gets_an_outcome_that_is_right_for_it(kind, model_folder):
    """The outcome is one that the contract admits, and breaches no rule of the messages."""
    draft = kind.make(1, 5)
    given = answered(draft, Forest(model_folder / "model.json"))
    outcome = seen(given)
    assert (outcome.error_type or SCORED) in classify(draft.value)
    assert not outcome.problems
    assert len(given.value) + len(given.key or b"") < 1_000_000


def test_scores_are_those_of_the_oracle(model_folder):
    """Plain Python and numpy agree on every customer, and on what the narrow model refuses."""
    drafts = [*fifty(5), *stream(5, 300)]
    for name in ("model.json", "model-narrow.json"):
        forest = Forest(model_folder / name)
        expected = Oracle(model_folder / name).expect(drafts)
        for draft, score in zip(drafts, expected, strict=True):
            if SCORED not in draft.admits:
                continue
            outcome = seen(answered(draft, forest))
            if score is None:
                assert outcome.error_type == "inference_error"
            else:
                assert outcome.score == pytest.approx(score[0], abs=1e-6)
                assert outcome.identity == draft.identity


def test_a_dead_letter_gives_the_original_back(model_folder):
    """Text stays text, other bytes become base64, and what is too long is said to be cut."""
    forest = Forest(model_folder / "model.json")
    for value in (b"no json", b"\xff\x00", None, b'{"a": "\x01' + b"\x02" * 900_000):
        record = Record(2, 9, b"\xffkey", value, [("h", None), ("h", b"1")])
        outcome = seen(answer(record, SETTINGS, forest))
        assert not outcome.problems
        assert outcome.recovered.key == b"\xffkey"
        if value and len(value) > 1000:
            assert outcome.recovered.truncated
            assert outcome.recovered.length == len(value)
        else:
            assert outcome.recovered.value == value
