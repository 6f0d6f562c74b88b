"""One event, one line: logfmt, as people and log stores read it."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

_PAIRS = re.compile(r"(?: [a-z][a-z0-9_]*=\S+)+$")
_PLAIN = re.compile(r'[^\s"=\\\x00-\x1f\x7f]+')


class LogLines(logging.Formatter):
    """``ts=… level=… msg="…"``, then the pairs that the message ends with; always one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of ``record``."""
        text = record.getMessage()
        pairs = _PAIRS.search(text)
        message = text[: pairs.start()] if pairs else text
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = [
            f"ts={at.replace('+00:00', 'Z')}", f"level={record.levelname.lower()}",
            f"msg={_quoted(message)}",
        ]  # fmt: skip
        facts += [_pair(pair) for pair in pairs.group().split()] if pairs else []
        if record.exc_info:
            facts.append(f"trace={_quoted(self.formatException(record.exc_info))}")
        return " ".join(facts)


def write_to_stderr(level: str) -> None:
    """Send everything from ``level`` up to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogLines())
    logging.basicConfig(level=level, handlers=[handler])


def _pair(text: str) -> str:
    name, _, value = text.partition("=")
    return f"{name}={_quoted(value)}"


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
