"""An authority of the run's own, and the certificates that it signs. Nothing outlives the run."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_FOR = timedelta(days=1)
SLACK = timedelta(hours=1)  # between the clocks of this machine and of a container
PEM = serialization.Encoding.PEM


class Authority:
    """Signs certificates for brokers; whoever trusts ``pem`` trusts them."""

    def __init__(self, name: str):
        now = datetime.now(UTC)
        self._name, self._key = _named(name), ec.generate_private_key(ec.SECP256R1())
        self._certificate = (
            _certificate(self._name, self._name, self._key, now - SLACK, now + VALID_FOR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        """The authority's own certificate, for clients."""
        return self._certificate.public_bytes(PEM)

    def issue(self, *names: str, expired: bool = False) -> bytes:
        """A key with a certificate for hosts and addresses, as one PEM; ``expired`` an hour ago."""
        now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
        end = now - SLACK if expired else now + VALID_FOR
        certificate = (
            _certificate(_named("broker"), self._name, key, end - VALID_FOR - SLACK, end)
            .add_extension(x509.SubjectAlternativeName(list(map(_alternative, names))), False)
            .sign(self._key, hashes.SHA256())
        )
        private = key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return private + certificate.public_bytes(PEM) + self.pem


def write(path: Path, pem: bytes) -> Path:
    """A file that only its owner can read."""
    path.touch(mode=0o600)
    path.write_bytes(pem)
    return path


def _certificate(subject, issuer, key, begin: datetime, end: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
