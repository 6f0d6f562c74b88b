"""A file of client properties by librdkafka's names, one ``key=value`` a line."""

import json
import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

from testbed.errors import UsageError

SECRET = re.compile(r"password|secret|token|credential|username|\.pem$|\.config$", re.IGNORECASE)
SHORTEST = 4  # characters of a secret
KEY = re.compile(r"[a-z][a-z0-9._]*", re.IGNORECASE)


def read(path: Path | str) -> dict[str, str]:
    """The properties in ``path``; blank lines and ``#`` comments are skipped.

    Raises ``UsageError`` for a file that cannot be read, or with the number of a line that is
    not ``key=value``; a message never shows what a line holds, since that may be a secret.
    """
    properties: dict[str, str] = {}
    for number, line in enumerate(_lines(Path(path)), start=1):
        if not line or line.startswith("#"):
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not (equals and KEY.fullmatch(key) and value):
            raise UsageError(
                f"Expected key=value on line {number} of {path}, got {_shape(key, equals, value)}",
                next_step="One property a line, by librdkafka's names; # begins a comment",
            )
        if key in properties:
            raise UsageError(f"Property {key} stands twice in {path}, again on line {number}")
        properties[key] = value
    return properties


def without_secrets(text: str, properties: dict[str, str]) -> str:
    """``text`` with every secret value of ``properties`` blanked out."""
    for key, value in properties.items():
        if SECRET.search(key):
            text = text.replace(value, "***")
    return text


def secret_forms(properties: dict[str, str]) -> set[str]:
    """Each secret value as it is, and as it stands in base64, in a URL and in JSON.

    A name is none, and what is shorter than four characters would hide half of any text.
    """
    values = {
        value
        for key, value in properties.items()
        if SECRET.search(key) and "username" not in key and len(value) >= SHORTEST
    }
    return {form for value in values for form in _forms(value)}


def _forms(value: str) -> set[str]:
    encoded = b64encode(value.encode()).decode()
    return {value, encoded, encoded.rstrip("="), quote(value, safe=""), json.dumps(value)[1:-1]}


def _shape(key: str, equals: str, value: str) -> str:
    if not equals:
        return "a line without '='"
    if not key:
        return "no key"
    return "a key that is no property's name" if value else f"no value for {key}"


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except OSError as error:
        raise UsageError(
            f"Cannot read the client properties {path}",
            error.strerror or str(error),
            "Check broker.client_config",
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"The client properties {path} are not UTF-8 text") from error
