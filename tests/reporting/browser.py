"""A real browser by the W3C's WebDriver protocol, as far as the tests of the report need it."""

import base64
import json
import shutil
import subprocess
import urllib.request
from pathlib import Path
from urllib.error import URLError

from testbed.brokers import ports
from testbed.wait import until

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
DRIVER = shutil.which("chromedriver")
MISSING = "" if CHROMIUM and DRIVER else "no Chromium with its chromedriver on this machine"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
WITHIN_S = 90.0  # also on a machine with much else to do


class Browser:
    """One window; a context manager. Nothing outside this machine can be reached."""

    def __init__(self, profile: Path, width: int = 1280, height: int = 900):
        self._port, self._driver, self._session = ports.next_own(), None, ""
        self._options = {
            "binary": CHROMIUM,
            "args": [*FLAGS, f"--window-size={width},{height}", f"--user-data-dir={profile}"],
        }

    def __enter__(self) -> "Browser":
        self._driver = subprocess.Popen(
            [DRIVER, f"--port={self._port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._ready, within_s=WITHIN_S, what="chromedriver to be ready")
        wanted = {"goog:chromeOptions": self._options,
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}  # fmt: skip
        told = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{told['sessionId']}"
        return self

    def __exit__(self, *_exc) -> None:
        try:
            if self._session:
                self._ask("DELETE", self._session)
        finally:
            self._driver.terminate()
            self._driver.wait(WITHIN_S)

    def open(self, address: str) -> None:
        """Go there, and wait until it is loaded; a page that is open already begins anew."""
        self._ask("POST", f"{self._session}/url", {"url": "about:blank"})
        self._ask("POST", f"{self._session}/url", {"url": address})

    def run(self, script: str, *args):
        """What a script of ours returns."""
        body = {"script": script, "args": list(args)}
        return self._ask("POST", f"{self._session}/execute/sync", body)

    def said(self) -> list[str]:
        """What pages have said on their console since the last time, errors and all."""
        return [entry["message"] for entry in self._log("browser")]

    def asked_for(self) -> list[str]:
        """Every address that was asked for since the last time."""
        events = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        return [one["params"]["request"]["url"] for one in events
                if one["method"] == "Network.requestWillBeSent"]  # fmt: skip

    def picture(self, path: Path) -> Path:
        """A screenshot of the window."""
        path.write_bytes(base64.b64decode(self._ask("GET", f"{self._session}/screenshot")))
        return path

    def _log(self, kind: str) -> list[dict]:
        return self._ask("POST", f"{self._session}/se/log", {"type": kind})

    def _ready(self) -> bool:
        try:
            return self._ask("GET", "/status")["ready"]
        except URLError:
            return False

    def _ask(self, method: str, path: str, body: dict | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}{path}", data, {"Content-Type": "application/json"},
            method=method,
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
            return json.loads(answer.read())["value"]
