"""What ``classify`` says of each field's values, written down by hand."""

import json

import pytest

from testbed.history import SCORED
from testbed.telco.contract import CATEGORIES, DESERIALIZATION, REQUIRED, VALIDATION, classify

EVENT = {
    "customerID": "C-1", "gender": "Female", "SeniorCitizen": 0, "Partner": "Yes",
    "Dependents": "No", "tenure": 12, "PhoneService": "Yes", "MultipleLines": "No",
    "InternetService": "DSL", "OnlineSecurity": "No", "OnlineBackup": "Yes",
    "DeviceProtection": "No", "TechSupport": "No", "StreamingTV": "No", "StreamingMovies": "No",
    "Contract": "One year", "PaperlessBilling": "Yes", "PaymentMethod": "Mailed check",
    "MonthlyCharges": 45.5, "TotalCharges": 546.0, "event_ts": "2026-01-01T00:00:00Z",
}  # fmt: skip
YES = (SCORED,)
BAD_JSON = (DESERIALIZATION,)
BAD_EVENT = (VALIDATION,)
EITHER = (DESERIALIZATION, VALIDATION)
ROOM = (SCORED, VALIDATION)


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
