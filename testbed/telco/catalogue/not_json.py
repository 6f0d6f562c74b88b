"""Kinds that are no JSON: other encodings, other formats, other grammars, and nothing at all."""

import gzip
import pickle
from base64 import b64encode
from random import Random

from testbed.telco.catalogue.kind import EITHER, LARGE_BYTES, NOT_JSON, Group
from testbed.telco.writing import compact

_group = Group(NOT_JSON)
_bytes = _group.rewritten


def _plus(member: bytes):
    """The event with one more member, as bytes."""
    return lambda data: data[:-1] + b"," + member + b"}"


def _large(unit: bytes):
    """A member that is text, made of ``unit``, without its end: as large as the topic takes."""

    def change(data: bytes) -> bytes:
        head = data[:-1] + b',"note":"'
        return head + unit * ((LARGE_BYTES - len(head)) // len(unit))

    return change


# Nothing at all
_bytes("tombstone", "a null value", lambda data: None, admits=EITHER)
_bytes(
    "tombstone-without-key", "neither value nor key", lambda data: None, admits=EITHER,
    key=lambda marker: None,
)  # fmt: skip
_bytes("empty", "a value of no bytes", lambda data: b"")
_bytes("blanks", "only blanks and line ends", lambda data: b" \t\r\n ")
_bytes("zero-bytes", "only zero bytes", lambda data: bytes(16))

# Encodings
_bytes("utf8-broken", "a byte that UTF-8 never has", _plus(b'"note":"\xff"'))
_bytes("utf8-broken-name", "a byte that UTF-8 never has, in a name", _plus(b'"no\xfete":1'))
_bytes("utf8-overlong", "a character in more bytes than it takes", _plus(b'"note":"\xc0\xaf"'))
_bytes("utf8-surrogate", "half of a surrogate pair as bytes", _plus(b'"note":"\xed\xa0\x80"'))
_bytes("utf8-beyond", "a code point beyond Unicode", _plus(b'"note":"\xf5\x80\x80\x80"'))
_bytes("utf8-cut", "a character cut in two", _plus(b'"note":"\xe4\xb8"'))
_bytes("latin-1", "a name in Latin-1", _plus('"note":"Müller"'.encode("latin-1")))
_bytes("windows-1252", "quotes as Windows writes them", _plus(b'"note":"\x93x\x94"'))
_bytes("bom", "a byte order mark before the event", lambda data: b"\xef\xbb\xbf" + data)
_bytes("utf-16", "UTF-16 with a byte order mark", lambda data: data.decode().encode("utf-16"))
_bytes("utf-16-le", "UTF-16 without a mark", lambda data: data.decode().encode("utf-16-le"))
_bytes("utf-16-be", "UTF-16, big end first", lambda data: data.decode().encode("utf-16-be"))
_bytes("utf-32", "UTF-32", lambda data: data.decode().encode("utf-32-le"))

# Cut, doubled, spoilt
_bytes("cut-brace", "the last brace missing", lambda data: data[:-1])
_bytes("cut-middle", "cut in the middle", lambda data: data[: len(data) // 2])
_bytes("cut-brace-only", "one brace and no more", lambda data: b"{")
_bytes("brace-more", "one brace too many", lambda data: data + b"}")
_bytes("letters-behind", "letters behind the event", lambda data: data + b" ok")
_bytes(
    "zeros-behind", "zero bytes behind the event, as from a buffer", lambda data: data + bytes(8)
)
_bytes("two-events", "two events in one record", lambda data: data + data)
_bytes("event-a-line", "two events, one a line", lambda data: data + b"\n" + data + b"\n")
_bytes("colon-missing", "a colon missing", lambda data: data.replace(b":", b" ", 1))
_bytes("comma-missing", "a comma missing", lambda data: data.replace(b",", b" ", 1))
_bytes("comma-last", "a comma before the last brace", lambda data: data[:-1] + b",}")
_bytes("line-end-in-text", "a line end inside text", _plus(b'"note":"a\nb"'))
_bytes("tab-in-text", "a tab inside text", _plus(b'"note":"a\tb"'))
_bytes("zero-in-text", "a zero byte inside text", _plus(b'"note":"a\x00b"'))
_bytes("escape-unknown", "an escape that JSON lacks", _plus(rb'"note":"\x41"'))
_bytes("escape-cut", "an escape with a wrong digit", _plus(rb'"note":"\u12G4"'))

# Nearly JSON
_bytes("single-quotes", "single quotes", lambda data: data.replace(b'"', b"'"))
_bytes("names-bare", "names without quotes", lambda data: data.replace(b'"tenure"', b"tenure"))
_bytes("comment", "a comment in the event", lambda data: b"{/* new */" + data[1:])
_bytes("comment-line", "a comment behind the event", lambda data: data + b" // new")
_bytes("python-words", "True and None as Python writes them", _plus(b'"a":True,"b":None'))
_bytes("undefined", "undefined as a value", _plus(b'"a":undefined'))
_bytes("no-break-space", "a no-break space between fields", lambda data: b"\xc2\xa0" + data)
_bytes("form-feed", "a form feed between fields", lambda data: b"\x0c" + data)
for slug, text in {
    "hexadecimal": "0x1F", "plus-sign": "+5", "no-digit-before": ".5", "no-digit-behind": "5.",
    "leading-zero": "05", "exponent-empty": "5e", "underscore": "1_0", "minus-alone": "-",
    "decimal-comma": "45,5", "nan": "NaN", "infinity": "Infinity", "infinity-minus": "-Infinity",
}.items():  # fmt: skip
    _group.literal(f"number-{slug}", f"{text} for the monthly charges", "MonthlyCharges", text)
_bytes("nan-unknown-field", "NaN in an unknown field", _plus(b'"score":NaN'))
_bytes("infinity-unknown-field", "Infinity in an unknown field", _plus(b'"score":[Infinity]'))

# A field twice
_bytes("field-twice", "a field twice, with other values", _plus(b'"tenure":99'))
_group.add(
    "field-twice-same", "a field twice, with the same value",
    lambda event: compact(event)[:-1] + b',"tenure":%d}' % event["tenure"],
)  # fmt: skip
_bytes("field-twice-escaped", "a field twice, once in escapes", _plus(rb'"\u0074enure":99'))
_bytes("field-twice-unknown", "an unknown field twice", _plus(b'"a":1,"a":2'))
_bytes("field-twice-inside", "a field twice inside an unknown one", _plus(b'"a":{"b":1,"b":2}'))
_bytes("customer-twice", "two customerIDs", _plus(b'"customerID":"somebody else"'))

# Other formats
_bytes("gzip", "gzip", lambda data: gzip.compress(data, mtime=0))
_bytes("zstd", "the head of a zstd frame", lambda data: b"\x28\xb5\x2f\xfd" + data)
_bytes("png", "a picture", lambda data: b"\x89PNG\r\n\x1a\n" + data)
_bytes("random", "random bytes", lambda data: Random(data).randbytes(300))
_bytes("registry-framing", "a schema registry's framing", lambda data: b"\0\0\0\0\x07" + data)
_bytes("pickle", "a Python pickle", lambda data: pickle.dumps({"event": data}, 4))
_bytes("protobuf", "Protocol Buffers", lambda data: b"\x0a\x2a" + data[:42] + b"\x10\x07")
_bytes("base64", "an event in base64", b64encode)
_bytes("xml", "XML", lambda data: b"<event><![CDATA[" + data + b"]]></event>")
_bytes("csv", "a line of CSV", lambda data: data[1:-1].replace(b":", b";"))
_bytes("yaml", "YAML", lambda data: b"--- !!python/object:os.system\n" + data)
_bytes("jsonp", "a callback around the event", lambda data: b"callback(" + data + b")")
_bytes("hijack-guard", "a web server's guard before it", lambda data: b")]}',\n" + data)
_bytes(
    "log-line", "a forged log line",
    lambda data: b'\r\n{"level":"error","event":"all scored"}\r\n' + data,
)  # fmt: skip
_bytes("terminal-codes", "terminal codes", lambda data: b"\x1b[2J\x1b[31m" + data)

# As large as the topic takes: the dead letter around them must still fit
_bytes("large-text", "text of a megabyte, cut", _large(b"x"))
_bytes("large-quotes", "a megabyte that doubles when it is escaped", _large(b'\\"'))
_bytes("large-script", "a megabyte of three-byte characters", _large("中".encode()))
_bytes(
    "large-zeros", "a megabyte of zero bytes", lambda data: data + bytes(LARGE_BYTES - len(data))
)
_bytes("large-binary", "a megabyte that is not UTF-8", _large(b"\xff\xfe"))
_bytes(
    "nesting-open", "100,000 brackets that never close", lambda data: b"[" * 100_000, admits=EITHER
)
_bytes(
    "nesting-open-field", "100,000 brackets in a field that never close",
    lambda data: data[:-1] + b',"a":' + b'{"a":' * 100_000, admits=EITHER,
)  # fmt: skip

KINDS = tuple(_group.kinds)
