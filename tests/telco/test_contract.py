"""What ``classify`` says of values whose right outcomes were written down by hand."""

import json

import pytest

from testbed.history import SCORED
from testbed.telco.contract import (
    CATEGORIES,
    DESERIALIZATION,
    INFERENCE,
    REQUIRED,
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

# One field's JSON in place of a valid one.
FIELDS = [
    ("customerID", '"x"', YES),
    ("customerID", '" "', YES),
    ("customerID", '"__proto__"', YES),
    ("customerID", f'"{"x" * 64}"', YES),
    ("customerID", f'"{"中" * 64}"', YES),
    ("customerID", f'"{"📞" * 64}"', YES),
    ("customerID", f'"{"x" * 65}"', BAD_EVENT),
    ("customerID", f'"{"📞" * 65}"', BAD_EVENT),
    ("customerID", '""', BAD_EVENT),
    ("customerID", '"e\\u0301"', YES),
    ("customerID", '"\\u200b\\u202e\\ufeff\\u2028"', YES),
    ("customerID", '"\\uffff"', YES),
    ("customerID", '"\\u0000"', BAD_EVENT),
    ("customerID", '"a\\nb"', BAD_EVENT),
    ("customerID", '"a\\n"', BAD_EVENT),
    ("customerID", '"a\\u001b[0m"', BAD_EVENT),
    ("customerID", '"a\x7f"', BAD_EVENT),
    ("customerID", '"a\\u0080"', BAD_EVENT),
    ("customerID", '"a\\u0085b"', BAD_EVENT),
    ("customerID", '"a\\u00a0b"', YES),
    ("customerID", '"\\ud800"', EITHER),
    ("customerID", "7", BAD_EVENT),
    ("customerID", "9007199254740993", BAD_EVENT),
    ("customerID", '["x"]', BAD_EVENT),
    ("gender", '"female"', BAD_EVENT),
    ("gender", '"Female "', BAD_EVENT),
    ("gender", '"\\u0046emale"', YES),
    ("gender", '"constructor"', BAD_EVENT),
    ("gender", '"F\\u0435male"', BAD_EVENT),
    ("gender", '["Female"]', BAD_EVENT),
    ("gender", '{"Female":1}', BAD_EVENT),
    ("Partner", "true", BAD_EVENT),
    ("Partner", "1", BAD_EVENT),
    ("Partner", '"No phone service"', BAD_EVENT),
    ("MultipleLines", '"No phone service"', YES),
    ("InternetService", '"No internet service"', BAD_EVENT),
    ("InternetService", '"No"', YES),
    ("Contract", '"Month-to-Month"', BAD_EVENT),
    ("Contract", '"Month\\u2011to\\u2011month"', BAD_EVENT),
    ("PaymentMethod", '"Credit card (automatic)"', YES),
    ("PaymentMethod", '"Credit card"', BAD_EVENT),
    ("SeniorCitizen", "1", YES),
    ("SeniorCitizen", "2", BAD_EVENT),
    ("SeniorCitizen", "-1", BAD_EVENT),
    ("SeniorCitizen", "true", BAD_EVENT),
    ("SeniorCitizen", "false", BAD_EVENT),
    ("SeniorCitizen", '"0"', BAD_EVENT),
    ("SeniorCitizen", "1.0", ROOM),
    ("SeniorCitizen", "0.5", BAD_EVENT),
    ("tenure", "0", YES),
    ("tenure", "100", YES),
    ("tenure", "101", BAD_EVENT),
    ("tenure", "-1", BAD_EVENT),
    ("tenure", "-0", ROOM),
    ("tenure", "49.0", ROOM),
    ("tenure", "4.9e1", ROOM),
    ("tenure", "1e2", ROOM),
    ("tenure", "49.5", BAD_EVENT),
    ("tenure", "101.0", BAD_EVENT),
    ("tenure", "1e20", BAD_EVENT),
    ("tenure", "100000000000000000000", EITHER),
    ("tenure", "1e999", EITHER),
    ("tenure", "9" * 5000, EITHER),
    ("tenure", '"12"', BAD_EVENT),
    ("tenure", '"\u0661\u0662"', BAD_EVENT),
    ("tenure", "true", BAD_EVENT),
    ("MonthlyCharges", "0", YES),
    ("MonthlyCharges", "-0.0", YES),
    ("MonthlyCharges", "-0e5", YES),
    ("MonthlyCharges", "200", YES),
    ("MonthlyCharges", "200.000", YES),
    ("MonthlyCharges", "2E+2", YES),
    ("MonthlyCharges", "200.01", BAD_EVENT),
    ("MonthlyCharges", "200." + "0" * 40 + "1", ROOM),
    ("MonthlyCharges", "-0.01", BAD_EVENT),
    ("MonthlyCharges", "-1e-400", ROOM),
    ("MonthlyCharges", "1e-400", YES),
    ("MonthlyCharges", "1e300", BAD_EVENT),
    ("MonthlyCharges", "1e999", EITHER),
    ("MonthlyCharges", "45." + "3" * 5000, YES),
    ("MonthlyCharges", '"45"', BAD_EVENT),
    ("MonthlyCharges", '""', BAD_EVENT),
    ("MonthlyCharges", "true", BAD_EVENT),
    ("MonthlyCharges", "NaN", BAD_JSON),
    ("TotalCharges", "1000000", YES),
    ("TotalCharges", "1000000.01", BAD_EVENT),
    ("TotalCharges", "-1", BAD_EVENT),
    ("TotalCharges", "1e999", EITHER),
    ("TotalCharges", '"45"', YES),
    ("TotalCharges", '"0045.50"', YES),
    ("TotalCharges", '"1000000"', YES),
    ("TotalCharges", '"1000000.01"', BAD_EVENT),
    ("TotalCharges", '"1000000.' + "0" * 30 + '1"', ROOM),
    ("TotalCharges", f'"{"9" * 400}"', BAD_EVENT),
    ("TotalCharges", f'"{"0" * 5000}"', YES),
    ("TotalCharges", '""', YES),
    ("TotalCharges", '"   "', YES),
    ("TotalCharges", '"\\t"', ROOM),
    ("TotalCharges", '"\\u00a0"', ROOM),
    ("TotalCharges", '" 45"', BAD_EVENT),
    ("TotalCharges", '"45\\n"', BAD_EVENT),
    ("TotalCharges", '"4e1"', BAD_EVENT),
    ("TotalCharges", '"-1"', BAD_EVENT),
    ("TotalCharges", '"+1"', BAD_EVENT),
    ("TotalCharges", '"1."', BAD_EVENT),
    ("TotalCharges", '".5"', BAD_EVENT),
    ("TotalCharges", '"1_0"', BAD_EVENT),
    ("TotalCharges", '"NaN"', BAD_EVENT),
    ("TotalCharges", '"\u0664\u0665"', BAD_EVENT),
    ("TotalCharges", '"\uff14\uff15"', BAD_EVENT),
    ("TotalCharges", "false", BAD_EVENT),
    ("event_ts", '"2026-01-01T00:00:00.123456789Z"', YES),
    ("event_ts", '"2024-02-29T23:59:59Z"', YES),
    ("event_ts", '"2026-02-29T00:00:00Z"', BAD_EVENT),
    ("event_ts", '"2026-04-31T00:00:00Z"', BAD_EVENT),
    ("event_ts", '"1900-02-29T00:00:00Z"', BAD_EVENT),
    ("event_ts", '"2000-02-29T00:00:00Z"', YES),
    ("event_ts", '"1970-01-01T00:00:00Z"', YES),
    ("event_ts", '"0000-02-29T00:00:00Z"', ROOM),
    ("event_ts", '"2026-01-01T00:00:00+00:00"', ROOM),
    ("event_ts", '"2026-01-01T00:00:00-00:00"', ROOM),
    ("event_ts", '"2026-01-01t00:00:00z"', ROOM),
    ("event_ts", '"2016-12-31T23:59:60Z"', ROOM),
    ("event_ts", '"2016-12-31T23:59:61Z"', BAD_EVENT),
    ("event_ts", '"2026-01-01T02:00:00+02:00"', BAD_EVENT),
    ("event_ts", '"2026-01-01T00:00:00"', BAD_EVENT),
    ("event_ts", '"2026-01-01"', BAD_EVENT),
    ("event_ts", '"2026-01-01T24:00:00Z"', BAD_EVENT),
    ("event_ts", '"2026-01-01T00:60:00Z"', BAD_EVENT),
    ("event_ts", '"2026-13-01T00:00:00Z"', BAD_EVENT),
    ("event_ts", '"2026-00-01T00:00:00Z"', BAD_EVENT),
    ("event_ts", '"2026-01-01T00:00:00.Z"', BAD_EVENT),
    ("event_ts", '"2026-01-01T00:00:00,5Z"', BAD_EVENT),
    ("event_ts", '"2026-01-01T00:00:00Z\\n"', BAD_EVENT),
    ("event_ts", '"2026-01-01T00:00Z"', BAD_EVENT),
    ("event_ts", '"\u0662026-01-01T00:00:00Z"', BAD_EVENT),
    ("event_ts", "1767225600000", BAD_EVENT),
    ("event_ts", '""', BAD_EVENT),
]


@pytest.mark.parametrize(("value", "outcomes"), VALUES, ids=lambda item: repr(item)[:40])
def test_values_have_the_outcomes_written_down_for_them(value, outcomes):
    assert classify(value) == outcomes


@pytest.mark.parametrize(("member", "outcomes"), MEMBERS, ids=lambda item: repr(item)[:40])
def test_an_unknown_field_is_ignored_as_far_as_it_is_json(member, outcomes):
    assert classify(GOOD[:-1] + b"," + member.encode() + b"}") == outcomes


@pytest.mark.parametrize(("name", "text", "outcomes"), FIELDS, ids=lambda item: repr(item)[:40])
def test_each_field_keeps_its_rule(name, text, outcomes):
    members = [f'"{key}":{json.dumps(value)}' for key, value in EVENT.items() if key != name]
    assert classify("{{{}}}".format(",".join([*members, f'"{name}":{text}'])).encode()) == outcomes


@pytest.mark.parametrize("name", REQUIRED)
def test_every_field_is_required_and_never_null(name):
    without = {key: value for key, value in EVENT.items() if key != name}
    assert classify(json.dumps(without).encode()) == BAD_EVENT
    assert classify(json.dumps({**EVENT, name: None}).encode()) == BAD_EVENT


@pytest.mark.parametrize("name", CATEGORIES)
def test_every_category_of_the_contract_is_right(name):
    for category in CATEGORIES[name]:
        assert classify(json.dumps({**EVENT, name: category}).encode()) == YES


def test_a_consumer_that_does_not_validate_may_score_what_is_invalid_and_nothing_else():
    assert without_validation(BAD_EVENT) == (SCORED, VALIDATION, INFERENCE)
    assert without_validation(EITHER) == (SCORED, DESERIALIZATION, VALIDATION, INFERENCE)
    assert without_validation(BAD_JSON) == BAD_JSON
    assert without_validation(YES) == YES
