"""Certificates that clients believe, and those that they must not."""

import socket
import ssl
import threading

import pytest

from testbed.brokers.guard import EXPIRED, GUARDED, RENAMED
from testbed.security.certificates import Authority, write
from testbed.security.trust import Trust


def greet(authority, server, host: str = "127.0.0.1") -> None:
    """A TLS handshake between two ends of a pipe; raises what the client says."""
    ours, theirs = socket.socketpair()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)

    def serve() -> None:
        try:
            with context.wrap_socket(theirs, server_side=True) as line:
                line.recv(1)
        except (ssl.SSLError, OSError):
            theirs.close()  # the client has told what is wrong

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        client = ssl.create_default_context(cafile=authority)
        with client.wrap_socket(ours, server_hostname=host) as line:
            line.send(b"x")
    finally:
        ours.close()
        serving.join(5)


@pytest.fixture
def trust(tmp_path):
    return Trust(tmp_path / "trust")


def certificates(trust: Trust) -> dict:
    """Which file each way in has."""
    told = trust.guard.properties()
    return {name: told[f"listener.name.{name.lower()}.ssl.keystore.location"]
            for name in (GUARDED, RENAMED, EXPIRED)}  # fmt: skip


def test_a_right_certificate_is_believed(trust):
    greet(trust.authority, certificates(trust)[GUARDED])


@pytest.mark.parametrize(
    ("name", "why"), [(RENAMED, "IP address mismatch"), (EXPIRED, "certificate has expired")]
)
def test_a_wrong_one_is_refused_for_what_is_wrong_with_it(trust, name, why):
    with pytest.raises(ssl.SSLCertVerificationError, match=why):
        greet(trust.authority, certificates(trust)[name])


def test_nobody_believes_an_authority_that_did_not_sign(trust):
    with pytest.raises(ssl.SSLCertVerificationError, match="self-signed certificate"):
        greet(trust.stranger, certificates(trust)[GUARDED])


@pytest.mark.parametrize("name", [RENAMED, EXPIRED])
def test_a_renewed_one_is_believed_again(trust, name):
    greet(trust.authority, trust.renewed(name))


def test_a_host_has_its_name_on_it(tmp_path):
    authority = Authority("a")
    ca = write(tmp_path / "ca.pem", authority.pem)
    server = write(tmp_path / "server.pem", authority.issue("broker.test"))
    greet(ca, server, "broker.test")
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        greet(ca, server, "other.test")


def test_keys_are_for_their_owner_alone(tmp_path, trust):
    paths = [*(tmp_path / "trust").iterdir()]
    assert len(paths) == 5
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
