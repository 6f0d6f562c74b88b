"""The files of one guarded broker: who signs, who is trusted, which certificate each way in has."""

from pathlib import Path

from testbed.brokers.guard import EXPIRED, GUARDED, RENAMED, Guard
from testbed.brokers.settings import HOST
from testbed.security.certificates import Authority, write

ELSEWHERE = "elsewhere.test"  # a name that no broker of ours answers to


class Trust:
    """Made when the broker is; ``authority`` and ``stranger`` are PEM files for clients."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True)
        self._folder, self._signs = folder, Authority("churn-testbed")
        self.authority = write(folder / "authority.pem", self._signs.pem)
        self.stranger = write(folder / "stranger.pem", Authority("somebody-else").pem)
        self.guard = Guard(
            {
                GUARDED: self._certificate("guarded", HOST),
                RENAMED: self._certificate("renamed", ELSEWHERE),
                EXPIRED: self._certificate("expired", HOST, expired=True),
            }
        )

    def renewed(self, name: str) -> Path:
        """A right certificate for a way in; Kafka wants all its former names on it."""
        return self._certificate(f"{name.lower()}-renewed", HOST, ELSEWHERE)

    def _certificate(self, file: str, *names: str, expired: bool = False) -> Path:
        return write(self._folder / f"{file}.pem", self._signs.issue(*names, expired=expired))
