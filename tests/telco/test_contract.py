"""What ``classify`` says of values whose right outcomes were written down by hand."""

import json

import pytest

from testbed.history import SCORED
from testbed.telco.contract import (
    DESERIALIZATION,
    INFERENCE,
    VALIDATION,
    classify,
    without_validation,
)

EVENT = {
    "customerID": "C-1", "gender": "Female", "SeniorCitizen": 0, "Partner": "Yes",
    "Dependents": "No", "tenure": 12, "PhoneService": "Yes", "MultipleLines": "No",
    "InternetService": "DSL", "OnlineSecurity": "No", "OnlineBackup": "Yes",
    "DeviceProtection": "No", "TechSupport": "No", "StreamingTV": "No", "StreamingMovies": "No",
    "Contract": "One year", "PaperlessBilling": "Yes", "PaymentMethod": "Mailed check",
    "MonthlyCharges": 45.5, "TotalCharges": 546.0, "event_ts": "2026-01-01T00:00:00Z",
}  # fmt: skip
GOOD = json.dumps(EVENT).encode()
YES = (SCORED,)
BAD_JSON = (DESERIALIZATION,)
BAD_EVENT = (VALIDATION,)
EITHER = (DESERIALIZATION, VALIDATION)
ROOM = (SCORED, VALIDATION)
ANYTHING = (SCORED, DESERIALIZATION, VALIDATION)

# Bytes as they are.
VALUES = [
    (None, EITHER),
    (GOOD, YES),
    (b"", BAD_JSON),
    (b" \n\t\r", BAD_JSON),
    (b"\0", BAD_JSON),
    (b"\xef\xbb\xbf" + GOOD, BAD_JSON),
    (GOOD.decode().encode("utf-16"), BAD_JSON),
    (GOOD.decode().encode("utf-16-le"), BAD_JSON),
    (GOOD.decode().encode("utf-32"), BAD_JSON),
    (b"\x00\x00\x00\x00\x07" + GOOD, BAD_JSON),
    (b"\x1f\x8b\x08" + GOOD, BAD_JSON),
    (b"\x80\x04\x95.", BAD_JSON),
    (b" \r\n\t" + GOOD + b"\n ", YES),
    (b"\x0b" + GOOD, BAD_JSON),
    (b"\xc2\xa0" + GOOD, BAD_JSON),
    (GOOD + b"}", BAD_JSON),
    (GOOD + b"\0", BAD_JSON),
    (GOOD + GOOD, BAD_JSON),
    (GOOD + b"\n" + GOOD, BAD_JSON),
    (GOOD[:-1], BAD_JSON),
    (GOOD.replace(b'"', b"'"), BAD_JSON),
    (GOOD.replace(b'"Female"', b'"Fem\xffle"'), BAD_JSON),
    (b"null", BAD_EVENT),
    (b"true", BAD_EVENT),
    (b"0", BAD_EVENT),
    (b"-0.0e-3", BAD_EVENT),
    (b'""', BAD_EVENT),
    (b'"' + b"x" * 100 + b'"', BAD_EVENT),
    (b"[]", BAD_EVENT),
    (b"[" + GOOD + b"]", BAD_EVENT),
    (b"{}", BAD_EVENT),
    (b'{"a":' + GOOD + b"}", BAD_EVENT),
    (b"NaN", BAD_JSON),
    (b"-Infinity", BAD_JSON),
    (b"1e999", EITHER),
    (b"9" * 5000, EITHER),
    (b"9223372036854775807", BAD_EVENT),
    (b"9223372036854775808", EITHER),
    (b'"\\ud800"', EITHER),
    (b'"\\ud83d\\ude00"', BAD_EVENT),
    (b'"\xed\xa0\x80"', BAD_JSON),
    (b"[" * 64 + b"]" * 64, BAD_EVENT),
    (b"[" * 65 + b"]" * 65, EITHER),
    (b"[" * 100_000, EITHER),
    (b"[" * 100_000 + b"]" * 100_000, EITHER),
    (b"[" * 20 + b"]" * 19, BAD_JSON),
    (b'"' + b"[" * 500 + b'"', BAD_EVENT),
    (b'"' + b"[" * 500, BAD_JSON),
    (b'"' + b'\\"' * 50_000, BAD_JSON),
    (b"True", BAD_JSON),
    (b"01", BAD_JSON),
    (b"+1", BAD_JSON),
    (b"1.", BAD_JSON),
    (b".5", BAD_JSON),
    (b"0x1", BAD_JSON),
    (b"1_0", BAD_JSON),
    (b"[1,]", BAD_JSON),
    (b'{"a":1,}', BAD_JSON),
    (b'{"a":1,"a":1}', BAD_JSON),
    (b'{"a":1,"\\u0061":1}', BAD_JSON),
    (b'{"a":{"b":1,"b":2}}', BAD_JSON),
    (b'"a\nb"', BAD_JSON),
    (b'"a\x00b"', BAD_JSON),
    (b'"a\x7fb"', BAD_EVENT),
    (b'"\\x41"', BAD_JSON),
    (b'"\\u12g4"', BAD_JSON),
    (b"/* */ 1", BAD_JSON),
    (b"\xd9\xa1", BAD_JSON),
]

# An unknown field, as a member in JSON, behind a valid event.
MEMBERS = [
    ('"Churn":"Yes"', YES),
    ('"Churn":[1,{"x":null}]', YES),
    ('"":0', YES),
    ('"__proto__":{"tenure":-1}', YES),
    ('"TENURE":-1', YES),
    ('"tenur\\u0435":-1', YES),
    ('"a":"\\u0000"', YES),
    ('"a":9007199254740993', YES),
    ('"a":1e308', YES),
    ('"a":1e-999', YES),
    ('"a":' + "[" * 60 + "]" * 60, YES),
    ('"a":' + "[" * 100 + "]" * 100, ANYTHING),
    ('"a":' + '{"b":' * 50_000 + "0" + "}" * 50_000, ANYTHING),
    ('"a":1e999', ANYTHING),
    ('"a":-1E+400', ANYTHING),
    ('"a":18446744073709551616', ANYTHING),
    ('"a":' + "1" * 5000, ANYTHING),
    ('"a":"\\udfff"', ANYTHING),
    ('"\\ud800":1', ANYTHING),
    ('"a":"\\ude00\\ud83d"', ANYTHING),
    ('"a":"\\ud83d\\ude00"', YES),
    ('"a":NaN', BAD_JSON),
    ('"a":[-Infinity]', BAD_JSON),
    ('"a":1,"a":1', BAD_JSON),
    ('"tenure":12', BAD_JSON),
    ('"a":{"b":1,"b":1}', BAD_JSON),
    ('"a":01', BAD_JSON),
    ('"a":"\t"', BAD_JSON),
]


@pytest.mark.parametrize(("value", "outcomes"), VALUES, ids=lambda item: repr(item)[:40])
def test_values_have_the_outcomes_written_down_for_them(value, outcomes):
    assert classify(value) == outcomes


@pytest.mark.parametrize(("member", "outcomes"), MEMBERS, ids=lambda item: repr(item)[:40])
def test_an_unknown_field_is_ignored_as_far_as_it_is_json(member, outcomes):
    assert classify(GOOD[:-1] + b"," + member.encode() + b"}") == outcomes


def test_a_consumer_that_does_not_validate_may_score_what_is_invalid_and_nothing_else():
    assert without_validation(BAD_EVENT) == (SCORED, VALIDATION, INFERENCE)
    assert without_validation(EITHER) == (SCORED, DESERIALIZATION, VALIDATION, INFERENCE)
    assert without_validation(BAD_JSON) == BAD_JSON
    assert without_validation(YES) == YES
