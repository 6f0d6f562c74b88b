"""The Docker engine, played by objects with the SDK's shape."""

from types import SimpleNamespace

import pytest
from docker.errors import APIError, DockerException, ImageNotFound

from testbed.brokers import engine as engine_module
from testbed.brokers import presence
from testbed.brokers.container import BrokerContainer, State
from testbed.brokers.engine import ANSWER_WITHIN_S, Engine, reason
from testbed.errors import BenchError, CannotStart

IMAGE = "registry.example/redpanda:v1"


def engine(events=(), base_url="http+docker://localhost", names=()):
    api = SimpleNamespace(
        timeout=ANSWER_WITHIN_S, base_url=base_url, pull=lambda *_, **__: iter(events)
    )

    def get(name):
        if name not in names:
            raise ImageNotFound(name)

    return Engine(SimpleNamespace(api=api, images=SimpleNamespace(get=get)))


def test_an_image_is_here_or_not():
    assert engine(names=[IMAGE]).has_image(IMAGE)
    assert not engine().has_image(IMAGE)


def test_a_pull_that_works_says_nothing_and_gives_the_usual_timeout_back():
    there = engine([{"status": "Pulling"}, {"status": "Downloaded"}])
    there.pull(IMAGE, within_s=5)
    assert there.client.api.timeout == ANSWER_WITHIN_S


def test_a_pull_that_the_registry_refuses_tells_its_words_and_the_next_step():
    there = engine([{"status": "Pulling"}, {"error": "manifest unknown"}])
    with pytest.raises(CannotStart, match="manifest unknown") as caught:
        there.pull(IMAGE, within_s=5)
    assert IMAGE in caught.value.what
    assert "REDPANDA_TEST_IMAGE" in caught.value.next_step
    assert there.client.api.timeout == ANSWER_WITHIN_S


def test_a_pull_that_takes_too_long_is_given_up():
    with pytest.raises(CannotStart, match=r"more than 0 s"):
        engine([{"status": "Pulling"}, {"status": "Pulling"}]).pull(IMAGE, within_s=0)


def test_a_registry_that_hangs_is_told_as_one_that_cannot_be_reached():
    def hang():
        yield {"status": "Pulling"}
        raise TimeoutError("read timed out")

    with pytest.raises(CannotStart, match="read timed out"):
        engine(hang()).pull(IMAGE, within_s=5)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http+docker://localhost", True),
        ("http+docker://localnpipe", True),
        ("http://127.0.0.1:2375", True),
        ("http://docker:2375", False),
        ("http+docker://ssh", False),
    ],
)
def test_only_a_local_engine_has_its_ports_here(url, local):
    assert engine(base_url=url).is_local is local


def test_an_engine_that_does_not_answer_is_told_by_its_innermost_reason(monkeypatch):
    def client():
        inner = ConnectionRefusedError(111, "Connection refused")
        raise DockerException("Error while fetching", OSError("aborted", inner))

    monkeypatch.setattr(presence, "check", lambda which: None)
    monkeypatch.setattr(engine_module, "_client", client)
    monkeypatch.setenv("DOCKER_HOST", "tcp://far.example:2376")
    with pytest.raises(CannotStart, match=r"not running.*far\.example:2376: Connection refused"):
        Engine.connect()


def test_an_engine_that_dies_meanwhile_is_trouble_in_words():
    there = engine()

    def refuse(name):
        raise DockerException("connection refused")

    there.client.images.get = refuse
    with pytest.raises(BenchError, match=r"Docker could not look for the image.*refused"):
        there.has_image(IMAGE)


def test_the_engines_own_words_are_handed_on():
    assert reason(APIError("500 Server Error", explanation=" no space left ")) == "no space left"


def container(**state):
    told = {"Status": "running", "OOMKilled": False, "ExitCode": 0} | state
    return SimpleNamespace(attrs={"State": told}, reload=lambda: None)


def test_a_state_is_read_with_and_without_a_healthcheck():
    assert BrokerContainer(container()).state() == State("running")
    healthy = container(Health={"Status": "healthy"})
    assert BrokerContainer(healthy).state() == State("running", "healthy")
    dead = container(Status="exited", OOMKilled=True, ExitCode=137)
    assert BrokerContainer(dead).state() == State("exited", "", True, 137)
    assert str(State("exited", "unhealthy", True, 137)) == (
        "container exited, unhealthy, exit code 137"
    )


def test_a_removed_container_is_gone_and_a_dead_engine_is_trouble():
    def raising(error):
        def reload():
            raise error

        return BrokerContainer(SimpleNamespace(reload=reload))

    assert raising(ImageNotFound("no such container")).state() == State("gone")
    with pytest.raises(BenchError, match=r"Docker could not look.*refused"):
        raising(DockerException("connection refused")).state()


def processes(*rows):
    """A container whose holding shell has the system's process id 100."""
    table = {"Titles": ["PID", "PPID", "CMD"], "Processes": rows}
    return BrokerContainer(SimpleNamespace(attrs={"State": {"Pid": 100}}, top=lambda: table))


def test_the_broker_is_the_holding_shells_child_that_does_not_sleep():
    shell, health = ["100", "1", "bash -c"], ["300", "200", "rpk cluster health"]
    assert processes(shell, ["101", "100", "redpanda"], health).broker_runs()
    assert not processes(shell, ["101", "100", "sleep 0.1"], health).broker_runs()
    assert not processes(shell, health).broker_runs()
