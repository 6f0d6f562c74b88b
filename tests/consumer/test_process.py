"""The reference consumer as a process against the embedded broker."""

import pytest
from harness import WITHIN_S, expected

from testbed import clients
from testbed.history import INPUT, PREDICTIONS
from testbed.telco.customers import fifty, stream
from testbed.wait import until

STOP_WITHIN_S = 30.0


def certain(seed: int, count: int) -> list:
    """Events, valid and invalid, that admit just one kind of outcome."""
    drafts = stream(seed, count)
    return [
        draft for draft in drafts if draft.admits == ("scored",) or "scored" not in draft.admits
    ]


def assert_all_there(pipeline, drafts, *, once: bool) -> None:
    """Every record has its outcome: once, or at least once."""
    scored, dead = expected(drafts)
    seen, letters = pipeline.scored(), pipeline.dead()
    assert set(seen) == set(scored)
    assert len(letters) == dead
    if once:
        assert seen == scored
        assert set(letters.values()) <= {1}


def test_scores_and_dead_letters_once(pipeline, delivery):
    """Without a fault every record has one outcome in either delivery, and all is committed."""
    line, drafts = pipeline(delivery=delivery), certain(1, 2000)
    line.publish(drafts)
    process = line.start()
    line.await_outcomes(len(drafts))
    process.terminate()
    assert process.wait(STOP_WITHIN_S) == 0
    assert_all_there(line, drafts, once=True)
    assert sum(line.committed().values()) >= len(drafts)


def test_max_messages_is_exact(pipeline, delivery):
    """--max-messages N commits N outcomes, no more, and the rest comes after a restart."""
    line, drafts = pipeline(delivery=delivery), fifty(3)
    line.publish(drafts)
    first = line.start("--max-messages", "17")
    assert first.wait(WITHIN_S) == 0
    assert line.outcomes() == 17
    second = line.start("--max-messages", "33")
    assert second.wait(WITHIN_S) == 0
    assert_all_there(line, drafts, once=True)


def test_a_stop_in_full_work_loses_and_doubles_nothing(pipeline, delivery):
    """SIGTERM ends with 0, work committed; a restart does the rest, and nothing twice."""
    line, drafts = pipeline(delivery=delivery), certain(2, 30_000)
    line.publish(drafts)
    first = line.start()
    line.await_outcomes(1)
    first.terminate()
    assert first.wait(STOP_WITHIN_S) == 0
    second = line.start()
    line.await_outcomes(len(drafts))
    second.terminate()
    assert second.wait(STOP_WITHIN_S) == 0
    assert_all_there(line, drafts, once=True)


def test_a_kill_in_full_work_loses_nothing(pipeline, delivery):
    """kill -9 and a restart: nothing lost, and under exactly-once nothing twice."""
    line, drafts = pipeline(delivery=delivery), certain(4, 30_000)
    line.publish(drafts)
    first = line.start()
    line.await_outcomes(1)
    first.kill()
    second = line.start()
    line.await_outcomes(len(drafts))
    second.terminate()
    assert second.wait(STOP_WITHIN_S) == 0
    assert_all_there(line, drafts, once=delivery == "exactly-once")


def test_two_instances_share_and_one_takes_over(pipeline, delivery):
    """A second member joins in full work and leaves again: nothing lost, nothing twice."""
    line, drafts = pipeline(delivery=delivery), certain(5, 30_000)
    first = line.start()
    line.await_said("running")
    half = len(drafts) // 2
    line.publish(drafts[:half])
    second = line.start(instance=1)
    line.await_said("partitions assigned", instance=1)
    line.publish(drafts[half:])
    second.terminate()
    assert second.wait(STOP_WITHIN_S) == 0
    line.await_outcomes(len(drafts))
    first.terminate()
    assert first.wait(STOP_WITHIN_S) == 0
    assert_all_there(line, drafts, once=True)


def test_a_rival_with_the_same_instance_fences(pipeline):
    """The older of two processes with one transactional id ends with 6 and one line."""
    line, drafts = pipeline(), certain(6, 400)
    older = line.start()
    line.await_said("running")
    rival = clients.producer(
        line.broker, **{"transactional.id": f"{line.group}-0", "transaction.timeout.ms": 5000}
    )
    rival.init_transactions(15)
    line.publish(drafts)
    assert older.wait(WITHIN_S) == 6
    assert sum("fenced:" in text for text in line.log().read_text("utf-8").splitlines()) == 1
    assert line.outcomes() == 0
    assert line.start("--max-messages", str(len(drafts))).wait(WITHIN_S) == 0
    assert_all_there(line, drafts, once=True)


def test_aborted_transactions_in_the_input_are_invisible(pipeline, delivery):
    """Records of an aborted transaction have no outcome, those of a committed one have."""
    line, drafts = pipeline(delivery=delivery), fifty(7)
    writer = clients.producer(line.broker, **{"transactional.id": f"writer-{line.token}"})
    writer.init_transactions(15)
    for records, end in (
        (drafts[:20], writer.abort_transaction),
        (drafts[20:], writer.commit_transaction),
    ):
        writer.begin_transaction()
        for draft in records:
            writer.produce(line.topics[INPUT], draft.value, draft.key)
        assert writer.flush(15) == 0
        end(15)
    assert line.start("--max-messages", "30").wait(WITHIN_S) == 0
    assert_all_there(line, drafts[20:], once=True)


def test_a_frozen_member_that_comes_back_adds_nothing(pipeline):
    """A zombie whose place was taken ends by itself, and everything is there once."""
    line, drafts = pipeline(), certain(8, 3000)
    line.publish(drafts[:1500])
    zombie = line.start()
    line.await_outcomes(1)
    zombie.suspend()
    heir = line.start(instance=1)
    line.publish(drafts[1500:])
    line.await_outcomes(len(drafts))
    zombie.resume()
    until(
        lambda: not zombie.running or line.said("partitions lost") or line.said("count=1 owned"),
        within_s=WITHIN_S,
        what="the zombie to learn that its place was taken",
        describe=lambda: line.log().read_text("utf-8"),
    )
    for process in (zombie, heir):
        process.terminate()
        process.wait(STOP_WITHIN_S)
    assert_all_there(line, drafts, once=True)


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ({"bootstrap_servers": "127.0.0.1:9"}, 3, "broker unreachable"),
        ({"model_path": "missing.skops"}, 4, "expected a file"),
        ({"metrics_port": "70000"}, 2, "expected a port"),
        ({"client_config": "missing.properties"}, 2, "cannot read the client properties"),
    ],
)
def test_exit_codes(pipeline, more, code, says):
    """What cannot start ends with its code and a line that says why."""
    line = pipeline()
    process = line.start("--start-timeout", "1", **more)
    assert process.wait(WITHIN_S) == code
    assert says in line.log().read_text("utf-8").splitlines()[-1]


def test_a_stop_before_it_is_ready(pipeline, delivery):
    """SIGTERM while the model loads ends with 0 all the same."""
    line = pipeline(delivery=delivery)
    process = line.start()
    line.await_said("partitions assigned")
    process.terminate()
    assert process.wait(STOP_WITHIN_S) == 0


def test_a_log_names_no_customer_and_no_place(pipeline, delivery):
    """No customerID, topic-partition-offset or value reaches the log, whatever the record."""
    line, drafts = pipeline(delivery=delivery), certain(9, 500)
    line.publish(drafts)
    assert (
        line.start("--max-messages", str(len(drafts)), "--log-level", "debug").wait(WITHIN_S) == 0
    )
    text = line.log().read_text("utf-8")
    assert "running" in text
    told = {(draft.entity or "never") for draft in drafts} | set(line.topics.values())
    assert not [name for name in told if name in text]


def test_a_topic_that_refuses_messages_is_waited_out(pipeline, delivery):
    """Nothing is lost, committed or dead-lettered for it, and it goes on when it can."""
    line, drafts = pipeline(delivery=delivery), certain(10, 300)
    process = line.start()
    line.await_said("running")
    line.limit_size(PREDICTIONS, 160)
    line.publish(drafts)
    line.await_said("cause=MSG_SIZE_TOO_LARGE")
    assert process.running
    assert line.raw(PREDICTIONS) == []
    assert sum(line.committed().values()) == 0
    line.limit_size(PREDICTIONS, 1_048_588)
    line.await_outcomes(len(drafts))
    process.terminate()
    assert process.wait(STOP_WITHIN_S) == 0
    assert_all_there(line, drafts, once=True)


@pytest.mark.slow
def test_a_broker_that_is_killed_and_comes_back(pipeline, embedded, delivery):
    """In full work: nothing lost, and under exactly-once nothing twice."""
    line, drafts = pipeline(delivery=delivery), certain(11, 30_000)
    line.publish(drafts)
    process = line.start()
    line.await_outcomes(1)
    embedded.kill()
    try:
        line.await_said("broker unreachable")
    finally:  # others need it too
        embedded.restart()
    line.await_outcomes(len(drafts))
    process.terminate()
    assert process.wait(STOP_WITHIN_S) == 0
    assert_all_there(line, drafts, once=delivery == "exactly-once")
