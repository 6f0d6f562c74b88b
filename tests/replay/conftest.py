"""Letters as a consumer would write them."""

import json

import pytest

from testbed.telco.records import RawRecord

TOPIC, LETTERS = "events", "letters"


def fields(**more) -> dict:
    """A whole letter in exact form about the text ``hello`` with the key ``k``."""
    return {
        "error_type": "validation_error",
        "error_message": "expected an object",
        "original_message": "hello",
        "original_message_encoding": "utf-8",
        "original_key": "k",
        "original_key_encoding": "utf-8",
        "source_topic": TOPIC,
        "source_partition": 2,
        "source_offset": 7,
    } | more


@pytest.fixture
def letter():
    """Makes the record of a letter; ``without`` leaves fields out."""

    def make(*, without=(), key=b"k", headers=(), offset=0, partition=0, **more) -> RawRecord:
        told = {name: value for name, value in fields(**more).items() if name not in without}
        return RawRecord(
            topic=LETTERS, partition=partition, offset=offset, key=key,
            value=json.dumps(told).encode(), headers=headers,
        )  # fmt: skip

    return make
