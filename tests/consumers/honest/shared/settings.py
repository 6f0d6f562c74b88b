"""What the suite hands to every consumer by the environment, and when to stop."""

import os
import signal
import ssl
import sys
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where to read, where to write, as whom. ``client`` holds librdkafka's property names."""

    bootstrap: str
    input_topic: str
    output_topic: str
    deadletter_topic: str
    group: str
    instance: str
    model_json: Path
    client: dict[str, str]


def from_environment() -> Settings:
    """Read the environment; the only argument is the path of the model as JSON."""
    environ = os.environ
    return Settings(
        bootstrap=environ["KAFKA_BOOTSTRAP_SERVERS"],
        input_topic=environ["INPUT_TOPIC"],
        output_topic=environ["OUTPUT_TOPIC"],
        deadletter_topic=environ["DEADLETTER_TOPIC"],
        group=environ["GROUP_ID"],
        instance=environ.get("INSTANCE", "0"),
        model_json=Path(sys.argv[1]),
        client=_properties(environ.get("CLIENT_CONFIG", "")),
    )


def _properties(path: str) -> dict[str, str]:
    if not path or not os.path.exists(path):
        return {}
    lines = (line.strip() for line in Path(path).read_text("utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def python_client(client: dict[str, str]) -> dict:
    """The same properties by the names that kafka-python and aiokafka share."""
    names = {
        "security.protocol": "security_protocol",
        "sasl.mechanism": "sasl_mechanism",
        "sasl.mechanisms": "sasl_mechanism",
        "sasl.username": "sasl_plain_username",
        "sasl.password": "sasl_plain_password",
    }
    found: dict = {names[name]: value for name, value in client.items() if name in names}
    if found.get("security_protocol"):
        found["security_protocol"] = found["security_protocol"].upper()
    if found.get("security_protocol", "").endswith("SSL"):
        found["ssl_context"] = ssl.create_default_context(cafile=client.get("ssl.ca.location"))
        if "ssl.certificate.location" in client:
            found["ssl_context"].load_cert_chain(
                client["ssl.certificate.location"],
                client.get("ssl.key.location"),
                client.get("ssl.key.password"),
            )
    return found


class Stopper(threading.Event):
    """Set by SIGTERM, Ctrl-C and CTRL_BREAK."""

    def __init__(self):
        super().__init__()
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self.set())


def log(line: str) -> None:
    """One line for the operator; never a customer's data."""
    print(line, file=sys.stderr, flush=True)
