"""Words that stand nowhere by chance, and the search for them in all that was written."""

import json
import re
import secrets
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from testbed.history import History, Sent

# A name, a moment, a key: letters and digits. A word alone, or a number, may be anybody's.
TELLING = re.compile(r"(?=.*\d)(?=.*[^\W\d]).{6,200}", re.DOTALL).fullmatch
ENTRIES = re.compile(r'"((?:[^"\\]|\\.){6,200})"')


def canary(what: str) -> str:
    """A new one; with signs that each spelling writes in its own way."""
    return f"canary/{what}+{secrets.token_hex(6)}"


def forms(word: str) -> set[bytes]:
    """The word as it is, in URLs, in JSON, and in base64 wherever in the text it stood."""
    data = word.encode()
    plain = {data, quote(word, safe="").encode(), quote(word).encode(), data.hex().encode()}
    return plain | set(_in_base64(data)) | {json.dumps(word)[1:-1].encode()}


def _in_base64(data: bytes) -> Iterator[bytes]:
    """Behind nothing, one byte and two; without the signs that hold bits of other bytes."""
    for shift in range(3):
        whole = b64encode(bytes(shift) + data).rstrip(b"=")
        yield whole[4 if shift else 0 : -2]


def told(path: Path, words: Iterable[str]) -> set[str]:
    """Which of the words stand in a file, in any form."""
    data = path.read_bytes()
    return {word for word in words if any(form in data for form in forms(word))}


def leaks(files: Iterable[Path], words: Iterable[str]) -> dict[str, set[str]]:
    """Name of each file that tells some of the words, with those; a folder is all its files."""
    words = list(words)
    every = sorted({one for file in files for one in _files(file)})
    return {str(file): found for file in every if (found := told(file, words))}


def of_customers(history: History) -> set[str]:
    """What the records of a scenario say that could tell one customer from another."""
    words: set[str] = set()
    for one in history.of(Sent):
        data = [one.key, one.value, *(value for _, value in one.headers)]
        words.update(filter(None, (one.entity, one.identity)))
        for part in filter(None, data):
            text = part.decode("utf-8", "ignore")
            words.update([text, *ENTRIES.findall(text)] if len(text) < 10_000 else [])
    return {word for word in words if TELLING(word)}


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (one for one in path.rglob("*") if one.is_file())
