"""The broker in a container: its decisions, with a Docker engine played by objects."""

from pathlib import Path

import pytest

from testbed.brokers import compose, coordinator, presence, redpanda, trouble
from testbed.brokers.container import State
from testbed.brokers.protocol import CanKill, CanPause, CanRestart, HasLogs
from testbed.brokers.redpanda import RedpandaBroker, availability
from testbed.errors import BenchError, CannotStart
from testbed.limits import Limits
from testbed.options import Options


class Engine:
    is_local = True

    def __init__(self, images=()):
        self.images, self.pulled, self.closed = list(images), [], False

    def has_image(self, name):
        return name in self.images

    def pull(self, name, within_s):
        self.pulled.append(name)
        raise CannotStart(f"The image {name} is not here and cannot be pulled", "no such host")

    def close(self):
        self.closed = True


class Container:
    name = "telco-redpanda-test"
    image = compose.IMAGE

    def __init__(self, *states, labels=None):
        self.states, self.labels, self.did = list(states), labels or {}, []

    def label(self, name):
        return self.labels.get(name, "")

    def state(self):
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def broker_runs(self):
        return "kill" not in self.did[-1:]

    def end_broker(self, *, clean, within_s):
        self.did.append("stop" if clean else "kill")

    def save_logs(self, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("all its words")

    def logs(self, tail):
        return "its last words"

    def __getattr__(self, name):
        return lambda: self.did.append(name)


class Guardian:
    def __init__(self):
        self.kept = []

    def protect_command(self, args):
        self.kept.append(args)

    def release(self, kind, value):
        self.kept.remove(value)


class Stage:
    """What the broker sees: the engine, what is found by name, and compose."""

    def __init__(self, monkeypatch, tmp_path):
        self.engine, self.found, self.composed = Engine([compose.IMAGE]), [], []
        self.answers, self.guardian, self.said = True, Guardian(), []
        self.proxied = ("127.0.0.1", 19094)  # where clients behind a proxy are served
        self.folder = tmp_path
        replace = monkeypatch.setattr
        for name in (*compose.PORTS, "REDPANDA_TEST_IMAGE", "REDPANDA_TEST_CONTAINER"):
            monkeypatch.delenv(name, raising=False)
        replace(presence, "check", lambda *_: None)
        replace(compose, "find", lambda *_: ["compose"])
        replace(compose.Compose, "up", lambda *_, run, **__: self.composed.append(f"up {run}"))
        replace(compose.Compose, "down", lambda _: self.composed.append("down"))
        replace(trouble, "check_ports", lambda ports: None)
        replace(redpanda, "_engine", lambda: self.engine)
        replace(redpanda, "_found", lambda *_: self.found.pop(0) if self.found else None)
        replace(coordinator, "answers", lambda address, _: address == self.proxied)
        replace(redpanda, "Readiness", lambda servers: lambda: self.answers)

    def broker(self, **more):
        limits = Limits(broker_ready_s=0.3, admin_s=0.2)
        options = Options(limits=limits, reports=self.folder / "reports", **more)
        return RedpandaBroker(options, self.folder, self.guardian, self.said.append)


@pytest.fixture
def stage(monkeypatch, tmp_path):
    return Stage(monkeypatch, tmp_path)


@pytest.mark.parametrize("capability", [CanPause, CanKill, CanRestart, HasLogs])
def test_it_has_every_capability(capability):
    assert issubclass(RedpandaBroker, capability)


def test_a_start_protects_first_then_waits_and_hands_over(stage):
    stage.found = [None, Container(State("running", "starting"), State("running", "healthy"))]
    broker = stage.broker()
    handover = broker.start()
    assert (handover.kind, handover.bootstrap_servers) == ("redpanda", "127.0.0.1:19093")
    assert handover.owned and not handover.stand_in and handover.ready_s is not None
    assert stage.composed[0].startswith("up ") and stage.composed[0] != "up "
    assert len(stage.guardian.kept) == 1
    broker.stop()
    broker.stop()
    assert stage.composed[1:] == ["down"] and stage.guardian.kept == [] and stage.engine.closed


@pytest.mark.parametrize("served", [True, False])
def test_its_way_in_by_a_proxy_is_told_where_it_is_served(stage, served):
    """A container that was started by an older file has none."""
    stage.found = [None, Container(State("running", "healthy"))]
    stage.proxied = stage.proxied if served else None
    told = [(one.advertised, one.bound) for one in stage.broker().start().proxied]
    assert told == [("127.0.0.1:19095", "127.0.0.1:19094")] * served


def test_a_stand_in_is_called_one(stage):
    labels = {compose.STAND_IN_LABEL: "Apache Kafka 4.4.0"}
    stage.found = [None, Container(State("running", "healthy"), labels=labels)]
    handover = stage.broker().start()
    assert handover.stand_in
    assert "Apache Kafka 4.4.0, a stand-in for Redpanda" in handover.name


def test_a_healthy_container_started_by_hand_is_reused_and_left_running(stage):
    container = Container(State("running", "healthy"))
    stage.found = [container]
    broker = stage.broker()
    assert not broker.start().owned
    broker.stop()
    assert stage.composed == [] and container.did == [] and stage.guardian.kept == []
    assert len(stage.said) == 1 and stage.said[0].startswith("Reusing the running Redpanda")


def test_a_container_that_does_not_answer_is_not_reused_and_not_touched(stage):
    stage.answers = False
    container = Container(State("running", "unhealthy"))
    stage.found = [container]
    with pytest.raises(CannotStart, match=r"failed to become ready.*unhealthy"):
        stage.broker().start()
    assert stage.composed == [] and container.did == []


@pytest.mark.parametrize(
    "old",
    [
        Container(State("exited")),
        Container(State("running", "healthy"), labels={compose.RUN_LABEL: "4194305"}),
    ],
)
def test_what_a_dead_run_left_is_removed_and_made_anew(stage, old):
    stage.found = [old, Container(State("running", "healthy"))]
    assert stage.broker().start().owned
    assert old.did == ["remove"]


def test_a_kept_container_carries_no_run_and_stays(stage):
    stage.found = [None, Container(State("running", "healthy"))]
    broker = stage.broker(keep=True)
    broker.start()
    broker.stop()
    assert stage.composed == ["up "] and stage.guardian.kept == []
    assert "docker rm -f -v telco-redpanda-test" in stage.said[-1]


def test_a_broker_that_never_answers_is_taken_down_with_its_log_saved(stage):
    stage.answers = False
    stage.found = [None, Container(State("running", "healthy"))]
    with pytest.raises(CannotStart, match=r"failed to become ready within 0\.3s") as caught:
        stage.broker().start()
    assert "its last words" in caught.value.cause
    assert (stage.folder / "reports/redpanda.log").read_text() == "all its words"
    assert stage.composed[-1] == "down" and stage.guardian.kept == []


def test_a_broker_that_dies_at_start_is_told_at_once(stage):
    stage.found = [None, Container(State("exited", "", False, 3))]
    with pytest.raises(CannotStart, match=r"ended by itself.*exit code 3"):
        stage.broker().start()
    assert stage.composed[-1] == "down"


def test_a_take_down_that_fails_does_not_hide_why_the_start_failed(stage, monkeypatch):
    def down(_):
        raise BenchError("no daemon")

    monkeypatch.setattr(compose.Compose, "down", down)
    stage.found = [None, Container(State("exited", "", True, 137))]
    with pytest.raises(CannotStart, match="memory limit is too small"):
        stage.broker().start()
    assert len(stage.guardian.kept) == 1  # who tries again


def test_a_missing_image_is_pulled_within_its_limit_and_said(stage):
    stage.engine.images = []
    with pytest.raises(CannotStart, match="cannot be pulled"):
        stage.broker().start()
    assert stage.engine.pulled == [compose.IMAGE] and stage.composed == []
    assert stage.said == [f"Pulling {compose.IMAGE} (at most 120 s)"]


@pytest.mark.parametrize(
    ("clean", "killed_before", "expected"),
    [
        (True, False, ["stop", "start_broker"]),
        (False, False, ["kill", "start_broker"]),
        (True, True, ["kill", "start_broker"]),
    ],
)
def test_a_restart_ends_what_runs_and_starts_it_again(stage, clean, killed_before, expected):
    container = Container(State("running", "healthy"))
    stage.found = [None, container]
    broker = stage.broker()
    broker.start()
    container.states = [State("running", "unhealthy")]  # its health is told seconds late
    if killed_before:
        broker.kill()
    broker.restart(clean=clean)
    assert container.did == expected


def test_before_the_start_there_is_nothing_to_fault(stage, tmp_path):
    broker = stage.broker()
    for act in (broker.pause, broker.kill, broker.restart, lambda: broker.save_logs(Path("x"))):
        with pytest.raises(BenchError):
            act()


def test_another_process_of_the_run_reaches_the_same_container(stage):
    stage.found = [None, Container(State("running", "healthy"))]
    handover = stage.broker().start()
    container = Container(State("running", "healthy"))
    stage.found = [container]
    attached = RedpandaBroker.attached(handover)
    attached.pause()
    attached.stop()
    assert container.did == ["pause"] and "down" not in stage.composed


def test_a_container_that_is_gone_cannot_be_attached(stage):
    stage.found = [None, Container(State("running", "healthy"))]
    handover = stage.broker().start()
    with pytest.raises(CannotStart, match="telco-redpanda-test is gone"):
        RedpandaBroker.attached(handover)


def test_availability_says_why_in_words(stage):
    assert availability(Options()) == (
        True,
        f"a Docker engine answers and has {compose.IMAGE}",
    )
    stage.engine.images = []
    there, why = availability(Options(), stage.said.append)
    assert not there
    assert why == f"The image {compose.IMAGE} is not here and cannot be pulled: no such host"
