"""Kinds that are customer events but for one field, or a few."""

from testbed.telco.catalogue.kind import EITHER, WRONG_FIELD, Group, ascii_json
from testbed.telco.catalogue.shapes import HEADERS, KEYS
from testbed.telco.contract import REQUIRED

_group = Group(WRONG_FIELD)


def _without(name: str):
    return lambda event: ascii_json({key: value for key, value in event.items() if key != name})


def _values(field: str, values: dict[str, tuple[str, object]]) -> None:
    """Kinds of one field: slug -> title, value."""
    for slug, (title, value) in values.items():
        _group.changed(f"{field}-{slug}", f"{field} {title}", {field: value})


for _name in REQUIRED:
    _group.add(f"{_name}-missing", f"no {_name}", _without(_name))
    _group.changed(f"{_name}-null", f"{_name} null", {_name: None})

_values("tenure", {
    "text": ("as text", "12"),
    "text-blanks": ("as text with blanks", " 12 "),
    "text-underscore": ("as text with an underscore", "1_0"),
    "text-arabic": ("as text in Arabic digits", "١٢"),
    "true": ("true", True),
    "false": ("false", False),
    "fraction": ("with a fraction", 1.5),
    "negative": ("below zero", -1),
    "above": ("one above the highest", 101),
    "million": ("of a million", 1_000_000),
    "list": ("as a list", [12]),
    "object": ("as an object", {"months": 12}),
    "empty": ("as empty text", ""),
})  # fmt: skip
_values("SeniorCitizen", {
    "true": ("true", True),
    "false": ("false", False),
    "two": ("2", 2),
    "negative": ("-1", -1),
    "half": ("0.5", 0.5),
    "text": ("as text", "0"),
    "word": ("Yes", "Yes"),
})  # fmt: skip
_values("MonthlyCharges", {
    "text": ("as text", "45.5"),
    "true": ("true", True),
    "false": ("false", False),
    "negative": ("just below zero", -0.01),
    "above": ("just above the highest", 200.01),
    "huge": ("of 1e300", 1e300),
    "list": ("as a list", [45.5]),
    "blank": ("as blank text", " "),
})  # fmt: skip
_values("TotalCharges", {
    "true": ("true", True),
    "negative": ("below zero", -1),
    "above": ("just above the highest", 1_000_000.01),
    "list": ("as a list", [45]),
    **{f"text-{slug}": (f"as the text {text!r}", text) for slug, text in {
        "above": "1000000.01", "negative": "-1", "plus": "+45", "exponent": "1e3",
        "dot-before": ".5", "dot-behind": "5.", "dots": "1.2.3", "thousands": "1,000.00",
        "comma": "45,5", "nan": "NaN", "infinity": "Infinity", "blanks": " 45 ",
        "line-end": "45\n", "hexadecimal": "0x10", "underscore": "1_000", "currency": "$45",
        "arabic": "٤٥", "full-width": "４５", "superscript": "4²", "word": "none",
    }.items()},
    "text-digits": ("as text of 400 digits", "9" * 400),
    "text-endless": ("as 50,000 digits and a letter", "1" * 50_000 + "x"),
})  # fmt: skip
_values("gender", {
    "unknown": ("unknown", "Other"),
    "lower": ("in lower case", "female"),
    "initial": ("as an initial", "F"),
    "true": ("true", True),
    "list": ("as a list", ["Female"]),
    "constructor": ("a name that JavaScript objects have", "constructor"),
    "prototype": ("a name that JavaScript objects inherit", "__proto__"),
})  # fmt: skip
_values("Partner", {
    "true": ("true", True),
    "upper": ("in capitals", "YES"),
    "blank-behind": ("with a blank behind", "Yes "),
    "blank-before": ("with a blank before", " Yes"),
    "line-end": ("with a line end", "Yes\n"),
    "number": ("as 1", 1),
    "empty": ("empty", ""),
    "zero-width": ("with a mark that nobody sees", "Yes\u200b"),
    "look-alike": ("with a letter that looks the same", "Ye\u0455"),
    "third": ("a value of its neighbours", "No phone service"),
})  # fmt: skip
_values("Contract", {
    "unknown": ("unknown", "Weekly"),
    "case": ("in other capitals", "Month-to-Month"),
    "hyphen": ("with a hyphen that looks the same", "Month\u2011to\u2011month"),
    "list": ("as a list", ["One year"]),
    "object": ("as an object", {"term": "One year"}),
    "number": ("as a number", 1),
})  # fmt: skip
_values("PaymentMethod", {
    "short": ("without its bracket", "Bank transfer"),
    "full-width": ("with full-width brackets", "Bank transfer（automatic）"),
    "long": ("of a million characters", "Electronic check" * 62_500),
    "script": ("as a script", "<script>alert(1)</script>"),
    "lookup": ("as a lookup", "${jndi:ldap://127.0.0.1/a}"),
    "formula": ("as a formula", "=HYPERLINK(\"http://127.0.0.1\")"),
    "format": ("as a format string", "%s%n{0}{{7*7}}"),
})  # fmt: skip
_values("InternetService", {"other": ("of another field", "No internet service")})
_values("customerID", {
    "number": ("a number", 7_590),
    "big-number": ("an integer that a double rounds", 2**53 + 1),
    "true": ("true", True),
    "list": ("as a list", ["C-1"]),
    "object": ("as an object", {"id": "C-1"}),
    "empty": ("empty", ""),
})  # fmt: skip
_identified = _group.identified
_identified("customerID-65", "customerID of 65 characters", lambda marker: marker.ljust(65, "x"))
_identified("customerID-long", "customerID of ten kilobytes",
            lambda marker: marker.ljust(10_000, "x"))  # fmt: skip
_identified("customerID-million", "customerID of a million characters",
            lambda marker: marker.ljust(1_000_000, "x"))  # fmt: skip
for _slug, _title, _character in (
    ("line-end", "with a line end", "\n"), ("zero", "with a zero character", "\0"),
    ("tab", "with a tab", "\t"), ("delete", "with a delete character", "\x7f"),
    ("next-line", "with a line end of the second kind", "\x85"),
    ("escape", "with a terminal code", "\x1b[31m"),
    ("forged-log", "with a forged log line", "\r\nlevel=error"),
):  # fmt: skip
    _identified(f"customerID-{_slug}", f"customerID {_title}", f"{{}}{_character}x".format)
_values("event_ts", {
    "empty": ("empty", ""),
    "number": ("as milliseconds", 1_767_225_600_000),
    "number-text": ("as milliseconds in text", "1767225600000"),
    "date": ("a date alone", "2026-01-01"),
    "no-zone": ("without a zone", "2026-01-01T00:00:00"),
    "other-zone": ("in another zone", "2026-01-01T02:00:00+02:00"),
    "february": ("a day that February lacks", "2026-02-30T00:00:00Z"),
    "leap-day": ("a leap day in no leap year", "2026-02-29T00:00:00Z"),
    "month": ("in month 13", "2026-13-01T00:00:00Z"),
    "day-zero": ("on day 0", "2026-01-00T00:00:00Z"),
    "hour": ("at hour 24", "2026-01-01T24:00:00Z"),
    "minute": ("at minute 60", "2026-01-01T00:60:00Z"),
    "second": ("at second 61", "2026-01-01T00:00:61Z"),
    "fraction-empty": ("with an empty fraction", "2026-01-01T00:00:00.Z"),
    "line-end": ("with a line end", "2026-01-01T00:00:00Z\n"),
    "blanks": ("with blanks", " 2026-01-01T00:00:00Z "),
    "five-digits": ("in a year of five digits", "12026-01-01T00:00:00Z"),
    "week": ("as a week", "2026-W01-1T00:00:00Z"),
    "basic": ("without signs between", "20260101T000000Z"),
    "arabic": ("in Arabic digits", "٢٠٢٦-01-01T00:00:00Z"),
    "us": ("as month, day, year", "01/02/2026 00:00:00"),
    "word": ("now", "now"),
    "list": ("as a list", [2026, 1, 1]),
})  # fmt: skip

_literal = _group.literal
_literal(
    "MonthlyCharges-overflow", "MonthlyCharges of 1e999", "MonthlyCharges", "1e999", admits=EITHER
)
_literal("TotalCharges-overflow", "TotalCharges of -1e999", "TotalCharges", "-1e999", admits=EITHER)
_literal("tenure-overflow", "tenure beyond 64 bits", "tenure", "9" * 30, admits=EITHER)
_literal("tenure-digits", "tenure of 5,000 digits", "tenure", "9" * 5000, admits=EITHER)
_literal("tenure-nested", "tenure 20,000 lists deep", "tenure",
         "[" * 20_000 + "]" * 20_000, admits=EITHER)  # fmt: skip
_identified("customerID-half", "customerID with half of a surrogate pair", "{}\ud800".format,
            admits=EITHER)  # fmt: skip
_group.changed("gender-half", "gender with half of a surrogate pair", {"gender": "Male\udc00"},
               admits=EITHER)  # fmt: skip

for _slug, _title, _other in (
    ("look-alike", "with a letter that looks the same", "tenur\u0435"),
    ("capital", "with a capital", "Tenure"), ("blank", "with a blank behind", "tenure "),
):  # fmt: skip
    _group.add(
        f"name-{_slug}", f"the name tenure {_title}",
        lambda event, other=_other: ascii_json(
            {other if name == "tenure" else name: value for name, value in event.items()}
        ),
    )  # fmt: skip
_group.changed("two-wrong", "two wrong fields", {"tenure": -1, "Contract": "Weekly"})
# Found by the fuzz program: a reason may name a limit that another field happens to say.
_group.add(
    "event_ts-limit", "event_ts as the number that TotalCharges ends at, and no TotalCharges",
    lambda event: _without("TotalCharges")({**event, "event_ts": "1000000"}),
)  # fmt: skip
_group.add("all-null", "all fields null", lambda event: ascii_json(dict.fromkeys(event)))
_group.changed(
    "forged-outcome", "fields of an outcome beside a wrong one",
    {"tenure": -1, "error_type": "none", "prediction": 0, "churn_probability": 0.0},
)  # fmt: skip

# The dead letter must give key and headers back, whatever they are
for _slug, (_title, _key) in KEYS.items():
    _group.changed(f"key-{_slug}", f"tenure wrong, {_title}", {"tenure": -1}, key=_key)
for _slug, (_title, _headers) in HEADERS.items():
    _group.changed(f"headers-{_slug}", f"tenure wrong, {_title}", {"tenure": -1}, headers=_headers)

KINDS = tuple(_group.kinds)
