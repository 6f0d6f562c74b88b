"""Keys and headers that senders really send, for records of any kind."""

from collections.abc import Callable

from testbed.history import Headers

# slug -> title, key made from the customer's own
KEYS: dict[str, tuple[str, Callable[[bytes], bytes | None]]] = {
    "none": ("no key", lambda marker: None),
    "empty": ("an empty key", lambda marker: b""),
    "other": ("the key of somebody else", lambda marker: b"not-" + marker),
    "binary": ("a key that is not UTF-8", lambda marker: b"\xff\xfe" + marker),
    "large": ("a key of ten kilobytes", lambda marker: marker.ljust(10_000, b"k")),
}

# slug -> title, headers
HEADERS: dict[str, tuple[str, Headers]] = {
    "doubled": ("a header twice, in an order that counts",
                (("trace", b"2"), ("source", b"crm"), ("trace", b"1"))),
    "null": ("a header without a value", (("trace", None), ("source", b"crm"))),
    "empty": ("a header with an empty value", (("trace", b""),)),
    "binary": ("a header that is not UTF-8", (("trace", b"\x00\xff\xfe"),)),
    "script": ("a header's name in another script", (("Straße-北京", b"1"),)),
    "nameless": ("a header with an empty name", (("", b"1"),)),
    # More would tell no more: KafkaJS takes 0.2 s to read a record of a thousand.
    "many": ("250 headers", tuple((f"h{n}", str(n).encode()) for n in range(250))),
    "large": ("a header of ten kilobytes", (("trace", b"x" * 10_000),)),
    "forged": ("headers that look like the service's own",
               (("error_type", b"none"), ("x-dlq-error-type", b"forged"),
                ("x-dlq-source-offset", b"0"), ("trace", b"1"))),
    "forged-upper": ("headers like the service's own, in capitals",
                     (("X-DLQ-Error-Type", b"forged"), ("trace", b"1"))),
}  # fmt: skip
