"""Kinds that look wrong and are right: each must be scored."""

import json
from random import Random

from testbed.telco.catalogue.kind import ANYTHING, LARGE_BYTES, ODD, ROOM, Group, ascii_json
from testbed.telco.catalogue.shapes import HEADERS, KEYS
from testbed.telco.writing import compact, unusual

_group = Group(ODD)
_changed, _literal, _bytes = _group.changed, _group.literal, _group.rewritten


def _plus(member: str):
    """The event with one more member, as text."""
    return lambda data: data[:-1] + b"," + member.encode() + b"}"


def _escaped(event: dict) -> bytes:
    """Every character of every text as an escape."""

    def text(value: str) -> str:
        return '"' + "".join(f"\\u{ord(character):04x}" for character in value) + '"'

    members = (
        text(name) + ":" + (text(value) if isinstance(value, str) else json.dumps(value))
        for name, value in event.items()
    )
    return "{{{}}}".format(",".join(members)).encode()


def _filled(data: bytes) -> bytes:
    head = data[:-1] + b',"note":"'
    return head + b"x" * (LARGE_BYTES - len(head) - 2) + b'"}'


# The way of writing
_group.add("pretty", "written for reading", lambda event: json.dumps(event, indent=4).encode())
_group.add("reversed", "all fields in reverse order",
           lambda event: ascii_json(dict(reversed(event.items()))))  # fmt: skip
_group.add("escaped", "every character as an escape", _escaped)
_group.add("unusual", "blanks, order and escapes of any kind",
           lambda event: unusual(event, Random(event["customerID"])))  # fmt: skip
_bytes(
    "blanks-around", "blanks and line ends around it", lambda data: b" \r\n\t" + data + b"\n" * 50
)
_bytes("blanks-megabyte", "a megabyte of blanks behind it", lambda data: data.ljust(LARGE_BYTES))

# Fields that are to be ignored
_changed("label-yes", "the label Yes beside the fields", {"Churn": "Yes"})
_changed("label-no", "the label No beside the fields", {"Churn": "No"})
_changed("label-odd", "a label of another type", {"Churn": [None, {"p": 1}]})
_changed("forged-outcome-scored", "fields of an outcome beside the event's own",
         {"prediction": 1, "churn_probability": 2, "error_type": "forged"})  # fmt: skip
_changed("extra-nested", "an unknown field with others inside", {"a": {"b": [{"c": None}, [[]]]}})
_changed("extra-nameless", "an unknown field without a name", {"": 1})
_changed("extra-prototype", "an unknown field __proto__", {"__proto__": {"tenure": -1}})
_changed("extra-dunder", "an unknown field __class__", {"__class__": "x", "__init__": None})
_changed(
    "extra-capitals",
    "known names in other capitals",
    {"TENURE": -1, "Gender": "?", "customerid": 1},
)
_changed("extra-zero", "an unknown field with a zero character", {"a\0": "\0"})
_changed("extra-script", "an unknown field in another script", {"备注": "👍 \u202e\u2028"})
_changed("extra-markup", "a script in an unknown field", {"note": "<script>alert(1)</script>"})
_changed("extra-big-integer", "an integer that a double rounds", {"big": 2**53 + 1})
_changed("extra-many", "10,000 unknown fields", {f"x{n}": n for n in range(10_000)})
_bytes(
    "extra-nested-60", "an unknown field with lists 60 deep", _plus('"a":' + "[" * 60 + "]" * 60)
)
_bytes("extra-large", "an unknown field of a megabyte", _filled)
_bytes("extra-nested-deep", "an unknown field with lists 20,000 deep",
       _plus('"a":' + "[" * 20_000 + "]" * 20_000), admits=ANYTHING)  # fmt: skip
_bytes(
    "extra-overflow",
    "an unknown number too large for a double",
    _plus('"a":1e999'),
    admits=ANYTHING,
)
_bytes(
    "extra-digits",
    "an unknown integer of 5,000 digits",
    _plus('"a":' + "9" * 5000),
    admits=ANYTHING,
)
_bytes("extra-half", "half of a surrogate pair in an unknown field", _plus(r'"a":"\udfff"'),
       admits=ANYTHING)  # fmt: skip

# Numbers
for _slug, _title, _text in (
    ("exponent", "with an exponent", "4.55e1"), ("exponent-capital", "with a capital E", "4550E-2"),
    ("exponent-plus", "with a signed exponent", "0.0455e+3"), ("zeros", "with zeros", "45.5000"),
    ("integer", "without fraction", "45"), ("integer-fraction", "as 45.0", "45.0"),
    ("zero", "of 0", "0"), ("minus-zero", "of minus zero", "-0.0"), ("bound", "of 200", "200"),
    ("bound-fraction", "of 200.000", "200.000"), ("smallest", "as small as a double", "5e-324"),
    ("underflow", "smaller than any double", "1e-400"),
    ("digits-17", "of 17 digits", "30.000000000000004"),
    ("digits-500", "of 500 digits", "45." + "3" * 500),
    ("below-bound", "a hair below 200", "199.99999999999997"),
):  # fmt: skip
    _literal(f"MonthlyCharges-{_slug}", f"MonthlyCharges {_title}", "MonthlyCharges", _text)
_literal("MonthlyCharges-rounded", "MonthlyCharges that rounds to 200", "MonthlyCharges",
         "200." + "0" * 30 + "1", admits=ROOM)  # fmt: skip
for _slug, _text in {"zero": "0", "bound": "100"}.items():
    _literal(f"tenure-{_slug}", f"tenure of {_text}", "tenure", _text)
for _slug, _text in {"fraction": "49.0", "exponent": "4.9e1", "minus-zero": "-0"}.items():
    _literal(f"tenure-as-{_slug}", f"tenure written {_text}", "tenure", _text, admits=ROOM)
_literal("SeniorCitizen-fraction", "SeniorCitizen written 1.0", "SeniorCitizen", "1.0", admits=ROOM)
for _slug, _title, _total in (
    ("text", "as text", "45.5"), ("text-integer", "as text without fraction", "45"),
    ("text-zero", "as the text 0", "0"), ("text-zeros", "as text with zeros before", "0045.50"),
    ("text-long", "as text with 500 zeros", "0" * 500 + "45"),
    ("text-fraction", "as text with a long fraction", "45." + "1" * 500),
    ("text-bound", "as the highest in text", "1000000"), ("bound", "of the highest", 1_000_000),
    ("empty", "as empty text", ""), ("blank", "as a blank", " "), ("blanks", "as blanks", "     "),
    ("zero", "of 0", 0), ("unrelated", "that does not fit the others", 999_999.99),
):  # fmt: skip
    _changed(f"TotalCharges-{_slug}", f"TotalCharges {_title}", {"TotalCharges": _total})
_changed("TotalCharges-tab", "TotalCharges as a tab", {"TotalCharges": "\t"}, admits=ROOM)

# Names
for _slug, _title, _change in (
    ("64", "of 64 characters", lambda marker: marker.ljust(64, "x")),
    ("64-script", "of 64 Chinese characters", lambda marker: marker.ljust(64, "中")),
    ("emoji", "with a telephone", "{}📞".format),
    ("family", "with joined signs", "{}👨‍👩‍👧".format),
    ("composed", "with an accent", "{}\u00e9".format),
    ("decomposed", "with an accent of its own", "{}e\u0301".format),
    ("right-to-left", "from right to left", "{}-عميل\u202e".format),
    ("zero-width", "with a mark that nobody sees", "{}\u200b\ufeff".format),
    ("line-separator", "with a line separator", "{}\u2028x".format),
    ("noncharacter", "with a noncharacter", "{}\uffff\U0010ffff".format),
    ("blanks", "with blanks around", "  {}  ".format), ("quotes", "with quotes", "{}'\"\\`".format),
    ("pipe", "with a pipe", "{}|2026|".format), ("path", "as a path", "../../{}".format),
    ("markup", "as a script", "<script>{}</script>".format),
    ("link", "as a link", "javascript:alert('{}')".format),
    ("formula", "as a formula", "=cmd|{}".format),
    ("query", "as a query", "{}'; DROP TABLE customers; --".format),
    ("lookup", "as a lookup", lambda marker: f"${{jndi:{marker}}}{{{{7*7}}}}%s"),
    ("digits", "of digits only", lambda marker: marker[-5:] * 4),
    ("blank-only", "of one blank", lambda marker: " "),
    ("null", "null as text", lambda marker: "null"),
    ("constructor", "that JavaScript objects have", lambda marker: "constructor"),
    ("prototype", "that JavaScript objects inherit", lambda marker: "__proto__"),
):  # fmt: skip
    _group.identified(f"name-of-{_slug}", f"a customerID {_title}", _change)

# Times
for _slug, _title, _text, *_room in (
    ("seconds", "without fraction", "2026-01-01T00:00:00Z"),
    ("tenths", "with one digit of fraction", "2026-01-01T00:00:00.5Z"),
    ("nanoseconds", "with nanoseconds", "2026-01-01T00:00:00.123456789Z"),
    ("epoch", "of 1970", "1970-01-01T00:00:00Z"),
    ("before-epoch", "of 1905", "1905-06-30T12:00:00Z"),
    ("future", "of 9999", "9999-12-31T23:59:59Z"),
    ("leap-day", "of a leap day", "2024-02-29T00:00:00Z"),
    ("offset", "with +00:00", "2026-01-01T00:00:00+00:00", ROOM),
    ("offset-unknown", "with -00:00", "2026-01-01T00:00:00-00:00", ROOM),
    ("lower", "in lower case", "2026-01-01t00:00:00z", ROOM),
    ("leap-second", "of a leap second", "2016-12-31T23:59:60Z", ROOM),
    ("year-zero", "of the year 0", "0000-01-01T00:00:00Z", ROOM),
):  # fmt: skip
    _changed(f"time-{_slug}", f"event_ts {_title}", {"event_ts": _text},
             **({"admits": _room[0]} if _room else {}))  # fmt: skip

# Keys and headers change nothing about the event
for _slug, (_title, _key) in KEYS.items():
    _group.add(f"scored-key-{_slug}", _title, compact, key=_key)
for _slug, (_title, _headers) in HEADERS.items():
    _group.add(f"scored-headers-{_slug}", _title, compact, headers=_headers)

KINDS = tuple(_group.kinds)
