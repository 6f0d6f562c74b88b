"""The evidence that stands in Allure's results, for pages that show it in their own way."""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

import msgspec

from testbed.reporting.record import ScenarioResult

WORST = ("failed", "broken", "passed", "skipped", "unknown")
AGAIN = re.compile(r" \(\d+\)$")  # what the formatter adds to a name that it has seen before


class Piece(msgspec.Struct):
    """One attachment: its name, its file in the results folder, and its type."""

    name: str
    source: str
    type: str = ""


class Gathered(msgspec.Struct, kw_only=True):
    """One result, as far as pages need it."""

    uuid: str
    name: str = ""
    fullName: str = ""  # noqa: N815 - Allure's own word
    status: str = "unknown"
    start: int = 0
    attachments: list[Piece] = []

    @property
    def address(self) -> str:
        """The part behind ``#`` that opens it in Allure's page."""
        return hashlib.md5(self.uuid.encode(), usedforsecurity=False).hexdigest()


class Evidence(NamedTuple):
    """Every result of a run by the place of its scenario."""

    by_name: dict[str, Gathered]

    def of(self, result: ScenarioResult) -> Gathered | None:
        """What a scenario's result holds; of several passes the worst."""
        return self.by_name.get(full_name(result))


def full_name(result: ScenarioResult) -> str:
    """As the formatter writes it into Allure's results."""
    return f"{result.file}: {result.rule}: {result.scenario}"


def gather(results: Path) -> Evidence:
    """Read all results of a folder; a file that is half written is passed over."""
    found: dict[str, Gathered] = {}
    for one in read(results):
        for name in {one.fullName, AGAIN.sub("", one.fullName)}:
            before = found.get(name)
            if before is None or WORST.index(one.status) < WORST.index(before.status):
                found[name] = one
    return Evidence(found)


def read(results: Path) -> list[Gathered]:
    """All results, in no order."""
    decoder = msgspec.json.Decoder(Gathered)
    found = []
    for path in results.glob("*-result.json"):
        try:
            one = decoder.decode(path.read_bytes())
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            continue
        found.append(one if one.status in WORST else msgspec.structs.replace(one, status="unknown"))
    return found
