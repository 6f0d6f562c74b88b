"""A history in which customers and the consumer say what would do harm, if anything of it ran."""

import json

from testbed.history import (
    DEAD_LETTERS,
    INPUT,
    PREDICTIONS,
    Began,
    Checkpoint,
    Group,
    History,
    Member,
    Outcome,
    Process,
    Sent,
    Settled,
)
from testbed.telco.reading import RawRecord, read_dead_letter, read_prediction

OUTSIDE = "outside.invalid"
_DEED = "top.hostile=1;console.error('hostile')"
WORDS = (
    f"<script>{_DEED}</script>",
    f"</script></style></title><script>{_DEED}</script>",
    f'<img src=x onerror="{_DEED}">',
    f"\"'><svg onload={_DEED}>",
    f"]]><script>{_DEED}</script>",
    f"javascript:{_DEED}",
    f"[look](javascript:{_DEED}) ![p](https://{OUTSIDE}/p.png)",
    f'<a href="javascript:{_DEED}">look</a> https://{OUTSIDE}/',
    f'<iframe src="https://{OUTSIDE}"></iframe><link rel=stylesheet href=//{OUTSIDE}/x.css>',
    f'<meta http-equiv=refresh content="0;url=https://{OUTSIDE}"><base href="//{OUTSIDE}">',
    "<style>*{display:none!important}</style><h1>huge</h1><plaintext>",
    "\x1b[31mred\x1b[2J\x1b]0;title\x07\x1b]8;;javascript:alert(1)\x07look\x1b]8;;\x07\x9b1m\r\b",
    "=HYPERLINK(\"http://outside.invalid\")", "+1+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "\t=1",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% raw %} %s%n {0}",
    "\u202egnp.troper\u202c \u2066\u2067\u200b\u200f\ufeff \u05d0\u05d1\u05d2 \u0627\u0644",
    "Z" + "\u0301\u0489" * 200, "x" * 5000, "\u0000\u0008\u000b\ufffe\ud83d",
)  # fmt: skip
LOG = "\n".join(WORDS)  # with half of a pair, which UTF-8 cannot write


def written(word: str) -> str:
    """The word as UTF-8 can write it."""
    return word.encode("utf-8", "replace").decode()


def history() -> History:
    """Every promise has something to say about it, and says it in these words."""
    events = [
        Began(at=0.0, scenario="hostile", feature="f", consumer=written(" ".join(WORDS)),
              broker=WORDS[0], topics={INPUT: WORDS[2], PREDICTIONS: "p", DEAD_LETTERS: "d"},
              partitions={INPUT: 1, PREDICTIONS: 1, DEAD_LETTERS: 1}, group=WORDS[0],
              replay=WORDS[0]),
        Process(at=0.1, instance=0, incarnation=1, what="started"),
        Process(at=0.2, instance=0, incarnation=1, what="ready"),
    ]  # fmt: skip
    for n, word in enumerate(WORDS):
        events += [_member(n, word), *_sent(n, word), *_outcomes(n, word)]
    committed = {0: 3 * len(WORDS) + 9}
    events += [
        Settled(at=8.0, reason=WORDS[0], waited_s=1.0, phase=WORDS[2]),
        Process(at=8.1, instance=0, incarnation=1, what="exited", by="consumer", exit_code=9),
        Checkpoint(at=9.0, reason="final", committed=committed, input_ends=committed,
                   ends={PREDICTIONS: {0: 99}, DEAD_LETTERS: {0: 99}}, settled=True),
    ]  # fmt: skip
    return History(events)


def _member(n: int, word: str) -> Group:
    """Stable, with an owner too many for each partition."""
    word = written(word)
    members = tuple(Member(member_id=f"{word}{m}", client_id=word, partitions=(0,)) for m in "ab")
    return Group(at=0.3 + n / 100, state="stable" if n % 2 else word, members=members)


def _sent(n: int, word: str) -> list[Sent]:
    """An event that is never answered, one that is answered wrongly, and a bad one."""
    word = written(word)
    data = word.encode()
    common = {"outcome": "acknowledged", "partition": 0, "key": data, "value": data,
              "headers": ((word, data),), "note": word}  # fmt: skip
    return [
        Sent(at=1 + n / 10, n=3 * n + m, offset=3 * n + m, identity=f"{word}{m}|t", entity=word,
             admits=admits, score=0.5, label=1, **common)
        for m, admits in enumerate((("scored",), ("scored",), ("validation_error",)))
    ]  # fmt: skip


def _outcomes(n: int, word: str) -> list[Outcome]:
    """As the suite's own reader reads them."""
    text = written(word)
    data = text.encode()
    prediction = {"customerID": f"{word}1", "event_ts": "t", "prediction": word,
                  "churn_probability": 7, "model_version": word, "processed_ts": word}  # fmt: skip
    letter = {"error_type": word, "error_message": word, "original_message": word,
              "original_message_encoding": word, "original_key": word, "source_topic": word,
              "source_partition": 0, "source_offset": n, "failed_ts": word,
              "consumer_group": word}  # fmt: skip
    return [
        read(RawRecord(topic="t", partition=0, offset=n, key=data, headers=((text, data),),
                       value=value if isinstance(value, bytes) else json.dumps(value).encode()))
        for read, value in (
            (read_prediction, prediction), (read_prediction, prediction | {"more": 1}),
            (read_prediction, data), (read_dead_letter, letter), (read_dead_letter, data),
        )
    ]  # fmt: skip
