"""What a whole run leaves behind: no secret anywhere, no customer in a consumer's log."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from testbed.saved import load
from tests.canaries import canary, leaks, of_customers

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = re.compile(r"^[a-z.]*password=(.+)$", re.MULTILINE)
KEY = re.compile(r"-BEGIN [A-Z ]*PRIVATE KEY-+\n(.+?)\n-+END", re.DOTALL)
PLACE = re.compile(rb"telco\.[a-z.]+[0-9a-f]+\.test")
# Prints all that it was given, as a careless consumer does, in the spellings of its libraries.
TALKER = """
import base64, json, os, sys, urllib.parse
text = open(os.environ["CLIENT_CONFIG"]).read()
for secret in [line.partition("=")[2] for line in text.splitlines()]:
    print("trying", secret, base64.b64encode(secret.encode()).decode(), json.dumps(secret))
    print("as", "kafka://me:" + urllib.parse.quote(secret, safe="") + "@127.0.0.1")
sys.stdout.write(text)
sys.exit(3)
"""


class Watch(threading.Thread):
    """Collects the secrets that stand in files of a folder, for as long as it is open."""

    def __init__(self, folder: Path):
        super().__init__(name="watch", daemon=True)
        self._folder, self._over = folder, threading.Event()
        self.secrets: set[str] = set()

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *_exc) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(0.05):
            for folder, _, names in os.walk(self._folder):  # which takes what vanishes for empty
                for name in names:
                    if name.endswith((".properties", ".pem")):
                        self._take(Path(folder, name))

    def _take(self, path: Path) -> None:
        try:
            text = path.read_text("utf-8")
        except OSError:
            return  # gone meanwhile
        self.secrets.update(PASSWORD.findall(text))
        self.secrets.update(line for key in KEY.findall(text) for line in key.split() if line)


def run(tmp_path: Path, *words: str) -> tuple[int, Path, list[Path]]:
    """The runner to its end: its exit code, its reports, and all that may be searched."""
    reports, temporary = tmp_path / "reports", tmp_path / "tmp"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "testbed", "run", "--verbose", "--workers", "1",
         "-D", f"reports={reports}", *words],
        cwd=ROOT, env=os.environ | {"TMPDIR": str(temporary)}, capture_output=True, check=False,
        timeout=280,
    )  # fmt: skip
    said = tmp_path / "said"
    said.write_bytes(done.stdout + done.stderr)
    return done.returncode, reports, [reports, said]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_run_with_passwords_and_keys_tells_none_of_them(tmp_path):
    """The real feature, whose accounts and authority are made for the run."""
    with Watch(tmp_path) as watch:
        code, reports, written = run(
            tmp_path, "--broker", "kafka", "features/security.feature",
            "features/observability.feature", "features/schema_validation.feature",
        )  # fmt: skip
    assert code == 0, (reports / "summary.txt").read_text("utf-8")
    assert len(watch.secrets) >= 5, "passwords, a wrong one, and the lines of keys"
    assert leaks(written, watch.secrets) == {}
    logs, histories = [*reports.glob("consumer-*.log")], [*reports.glob("history/*.jsonl")]
    assert logs and histories
    customers = set().union(*(of_customers(load(path)) for path in histories))
    assert len(customers) > 500
    assert leaks(logs, customers) == {}
    assert not [path for path in logs if PLACE.search(path.read_bytes())]


@pytest.mark.timeout(120)
def test_a_consumer_that_prints_its_properties_is_not_echoed(broker, tmp_path):
    """Neither by the log that is kept of it, nor where the reports tell why it ended."""
    secrets = {name: canary(name) for name in ("sasl.password", "ssl.key.password")}
    config, talker = tmp_path / "client.properties", tmp_path / "talker.py"
    config.write_text("".join(f"{key}={value}\n" for key, value in secrets.items()), "utf-8")
    talker.write_text(TALKER, "utf-8")
    code, reports, written = run(
        tmp_path, "--broker", "external", "-D",
        f"broker.bootstrap_servers={broker.bootstrap_servers}",
        "-D", f"broker.client_config={config}",
        "--consumer-command", f"{sys.executable} {talker} {{client_config}}",
        "-n", "Fifty customers are scored", "features/end_to_end_flow.feature",
    )  # fmt: skip
    assert code == 4
    log = next(reports.glob("consumer-*.log")).read_text("utf-8")
    assert 'trying *** *** "***"\nas kafka://me:***@127.0.0.1\n' in log
    assert "trying ***" in (reports / "summary.txt").read_text("utf-8"), "its last words are told"
    assert leaks(written, secrets.values()) == {}
