"""What the honest consumers answer, record by record, before any broker is involved."""

import base64
import json
import subprocess
from pathlib import Path

import pytest

from testbed.history import SCORED
from testbed.telco.catalogue import KINDS
from testbed.telco.contract import classify
from testbed.telco.customers import fifty, stream
from testbed.telco.draft import Draft
from testbed.telco.oracle import Oracle
from testbed.telco.reading import read_dead_letter, read_prediction
from testbed.telco.records import RawRecord
from tests.consumers.conftest import HONEST
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


@pytest.fixture(scope="module")
def in_python(model_folder):
    """Answers by the Python that the honest Python consumers share."""
    forests = {}

    def answers(drafts, model="model.json") -> list[Answer]:
        forest = forests.setdefault(model, Forest(model_folder / model))
        records = [Record(1, 7, draft.key, draft.value, list(draft.headers)) for draft in drafts]
        return [answer(record, SETTINGS, forest) for record in records]

    return answers


@pytest.fixture(scope="module")
def in_node(model_folder, node):
    """Answers by the JavaScript of the honest Node consumer."""

    def answers(drafts, model="model.json") -> list[Answer]:
        lines = "".join(json.dumps(_in_base64(draft)) + "\n" for draft in drafts)
        done = subprocess.run(
            [*node, "-e", IN_NODE, model_folder / model],
            cwd=HONEST / "kafkajs",
            input=lines,
            capture_output=True,
            text=True,
            check=True,
        )
        return [_from_node(json.loads(line)) for line in done.stdout.splitlines()]

    return answers


@pytest.fixture(params=["in_python", "in_node"])
def answers(request):
    """Each of the two, in turn."""
    return request.getfixturevalue(request.param)


IN_NODE = """
const { Forest, answer } = require('./answer')
const forest = new Forest(process.argv[1])
const bytes = (text) => (text === null ? null : Buffer.from(text, 'base64'))
const names = { output: 'out', deadletter: 'dead', group: 'g' }
for (const line of require('node:fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean)) {
  const [key, value] = JSON.parse(line).map(bytes)
  const record = { topic: 'in', partition: 1, offset: '7', key, value, headers: {} }
  const { topic, message } = answer(record, names, forest)
  const raw = (part) => (part == null ? null : Buffer.from(part).toString('base64'))
  console.log(JSON.stringify([topic, raw(message.key), raw(message.value)]))
}
"""


def _in_base64(draft) -> list[str | None]:
    parts = (draft.key, draft.value)
    return [None if raw is None else base64.b64encode(raw).decode() for raw in parts]


def _from_node(words: list) -> Answer:
    topic, key, value = words
    key = None if key is None else base64.b64decode(key)
    return Answer(topic, key, base64.b64decode(value), [])


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


def test_every_kind_of_record_gets_an_outcome_that_is_right_for_it(answers):
    """The outcome is one that the contract admits, and breaches no rule of the messages."""
    drafts = [kind.make(1, 5) for kind in KINDS]
    for kind, draft, given in zip(KINDS, drafts, answers(drafts), strict=True):
        outcome = seen(given)
        assert (outcome.error_type or SCORED) in classify(draft.value), kind.slug
        assert not outcome.problems, kind.slug
        assert len(given.value) + len(given.key or b"") < 1_000_000, kind.slug


@pytest.mark.parametrize("model", ["model.json", "model-narrow.json"])
def test_scores_are_those_of_the_oracle(answers, model, model_folder):
    """Every customer's score is that of numpy, and what the narrow model refuses is refused."""
    drafts = [one for one in (*fifty(5), *stream(5, 300)) if SCORED in one.admits]
    scores = Oracle(model_folder / model).expect(drafts)
    for draft, score, given in zip(drafts, scores, answers(drafts, model), strict=True):
        outcome = seen(given)
        if score is None:
            assert outcome.error_type == "inference_error"
        else:
            assert outcome.score == pytest.approx(score[0], abs=1e-6)
            assert outcome.identity == draft.identity


def test_a_dead_letter_gives_the_original_back(answers):
    """Text stays text, other bytes become base64, and what is too long is said to be cut."""
    values = (b"no json", b"\xff\x00", None, b'{"a": "\x01' + "é\x02".encode() * 300_000)
    drafts = [Draft(key=b"\xffkey", value=value) for value in values]
    for value, given in zip(values, answers(drafts), strict=True):
        outcome = seen(given)
        assert not outcome.problems
        assert outcome.recovered.key == b"\xffkey"
        if value and len(value) > 1000:
            assert outcome.recovered.truncated
            assert outcome.recovered.length == len(value)
        else:
            assert outcome.recovered.value == value
