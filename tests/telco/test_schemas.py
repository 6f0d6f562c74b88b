"""The contract as JSON Schemas: well-formed, complete, and of one mind with the reading."""

import jsonschema
import pytest

from testbed.telco import customers
from testbed.telco.contract import REQUIRED
from testbed.telco.schemas import DEAD_LETTER_EXACT, DEAD_LETTER_JSON, EVENT, PREDICTION

ALL = [EVENT, PREDICTION, DEAD_LETTER_JSON, DEAD_LETTER_EXACT]


@pytest.mark.parametrize("schema", ALL, ids=lambda schema: schema["title"])
def test_a_schema_is_valid_and_describes_each_property(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(rule["description"] for rule in schema["properties"].values())


@pytest.mark.parametrize("schema", [EVENT, PREDICTION, DEAD_LETTER_EXACT])
def test_every_required_field_has_a_rule(schema):
    assert set(schema["required"]) <= set(schema["properties"])


def test_the_event_schema_accepts_every_valid_customer_and_requires_every_field():
    checker = jsonschema.Draft202012Validator(EVENT)
    for draft in customers.fifty(1):
        checker.validate(draft.event)
    for name in REQUIRED:
        short = {key: value for key, value in draft.event.items() if key != name}
        with pytest.raises(jsonschema.ValidationError, match=name):
            checker.validate(short)
