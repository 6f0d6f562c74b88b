"""The metrics server: what it answers, and that its troubles stay its own."""

import socket
import threading
from contextlib import closing
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from consumer import metrics_server
from consumer.errors import Unreachable
from consumer.metrics import Metrics
from testbed.wait import until

WITHIN_S = 10.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served():
    metrics, port = Metrics(), free_port()
    metrics_server.serve(port, metrics)
    return metrics, port


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=WITHIN_S) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_metrics_are_served(served):
    metrics, port = served
    metrics.fetched(5, 0.0)
    status, text = ask(port, "/metrics")
    assert status == 200
    assert "churn_consumer_events_total 5.0" in text


def test_health_is_served(served):
    """Alive from the start, ready when it runs; other paths are refused, with those there are."""
    metrics, port = served
    assert ask(port, "/livez") == (200, "starting\n")
    assert ask(port, "/readyz") == (503, "starting\n")
    metrics.pulse.runs()
    metrics.pulse.regrouped()
    assert ask(port, "/readyz") == (200, "ready\n")
    assert ask(port, "/elsewhere") == (404, "not found: /metrics /livez /readyz\n")


def test_a_hung_consumer_is_told(served, monkeypatch):
    """A restart is what helps it."""
    metrics, port = served
    monkeypatch.setattr(type(metrics.pulse), "state", "hung")
    assert ask(port, "/livez") == (503, "hung\n")


def test_a_taken_port_is_told():
    """With what to do about it."""
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        with pytest.raises(Unreachable, match="--metrics-port"):
            metrics_server.serve(taken.getsockname()[1], Metrics())


def test_port_0_serves_nothing():
    """The way to switch it off."""
    before = set(threading.enumerate())  # one of another test may end meanwhile
    metrics_server.serve(0, Metrics())
    assert set(threading.enumerate()) <= before


def test_clients_that_stay_get_no_more_than_some_threads(served):
    """Those beyond are sent away; when one goes, the next is answered again."""
    _, port = served
    before = threading.active_count()
    held = [socket.create_connection(("127.0.0.1", port), WITHIN_S) for _ in range(30)]
    most = metrics_server.MOST_AT_ONCE
    until(lambda: sum(_sent_away(one) for one in held) == len(held) - most,
          within_s=WITHIN_S, what="all but some to be sent away")  # fmt: skip
    assert threading.active_count() <= before + most
    for one in held:
        one.close()
    until(lambda: _answers(port), within_s=WITHIN_S, what="an answer again")


def test_an_answer_that_fails_is_no_trace_in_the_log(served, capfd, caplog):
    """Neither nonsense nor a figure that raises; and the next question is answered."""
    metrics, port = served
    with closing(socket.create_connection(("127.0.0.1", port), WITHIN_S)) as one:
        one.sendall(b"\x00\xff nonsense\r\n\r\n")
        assert b"400" in one.recv(1000)

    class Broken:
        def collect(self):
            raise RuntimeError("no figure")

    broken = Broken()
    metrics.registry.register(broken)
    assert ask(port, "/metrics")[0] == 500
    metrics.registry.unregister(broken)
    assert ask(port, "/metrics")[0] == 200
    assert "Traceback" not in capfd.readouterr().err
    assert not caplog.records


def test_a_server_that_fails_is_opened_again(monkeypatch, caplog):
    """With a line for the operator; nobody else notices."""
    metrics, port = Metrics(), free_port()
    monkeypatch.setattr(metrics_server, "REOPEN_S", 0.05)
    made = []
    real = metrics_server._Server

    def make(*args):
        made.append(real(*args))
        return made[-1]

    monkeypatch.setattr(metrics_server, "_Server", make)
    metrics_server.serve(port, metrics)
    assert ask(port, "/livez")[0] == 200

    def fail():
        raise OSError("descriptor gone")

    made[0].service_actions = fail  # its serve loop calls it twice a second
    until(lambda: len(made) == 2 and _answers(port), within_s=WITHIN_S, what="a second server")
    assert "metrics server failed" in caplog.text


def _sent_away(one: socket.socket) -> bool:
    one.setblocking(False)
    try:
        return one.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def _answers(port: int) -> bool:
    try:
        return ask(port, "/livez")[0] == 200
    except OSError:
        return False
