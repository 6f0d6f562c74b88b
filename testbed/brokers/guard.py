"""Ways into an embedded broker that ask who is there: TLS, SCRAM, and rights by name.

The suite's own way in stays open, and its clients may do everything.
"""

from pathlib import Path

from testbed.brokers.settings import Listener

GUARDED, RENAMED, EXPIRED = "GUARDED", "RENAMED", "EXPIRED"
MECHANISM = "SCRAM-SHA-512"
PROTOCOL = "SASL_SSL"
_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required;"


class Guard:
    """Guarded ways in, each with a certificate of its own.

    ``certificates``: a listener's name -> PEM file with its key and certificate.
    """

    def __init__(self, certificates: dict[str, Path]):
        self._certificates = certificates
        self._listeners: dict[str, Listener] = {}

    def another(self) -> "Guard":
        """The same for another node of the same cluster."""
        return Guard(self._certificates)

    @property
    def count(self) -> int:
        """How many ports it needs."""
        return len(self._certificates)

    def listeners(self, ports: list[int]) -> list[Listener]:
        """The ways in, on these ports."""
        pairs = zip(self._certificates, ports, strict=True)
        self._listeners = {name: Listener(name, port, protocol=PROTOCOL) for name, port in pairs}
        return list(self._listeners.values())

    def address(self, name: str = GUARDED) -> str:
        """Where a way in is found; raises ``KeyError`` before the broker was started."""
        return self._listeners[name].address

    def properties(self) -> dict[str, str | int]:
        """What the broker has to be told, beside its listeners."""
        told: dict[str, str | int] = {
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",  # whoever comes by the suite's own way
        }
        for name, certificate in self._certificates.items():
            told |= {
                f"{_of(name)}.sasl.enabled.mechanisms": MECHANISM,
                f"{_of(name)}.{MECHANISM.lower()}.sasl.jaas.config": _LOGIN,
                f"{_of(name)}.ssl.keystore.type": "PEM",
                keystore(name): certificate.as_posix(),
                f"{_of(name)}.num.network.threads": 1,
            }
        return told


def keystore(name: str) -> str:
    """The property that names a way in's certificate; it can be set while the broker runs."""
    return f"{_of(name)}.ssl.keystore.location"


def _of(name: str) -> str:
    return f"listener.name.{name.lower()}"
