"""A question that gets no answer is asked again, by a new client."""

from concurrent.futures import Future

import pytest
from confluent_kafka import KafkaError, KafkaException

from testbed.errors import BenchError
from testbed.observers import questions
from testbed.observers.questions import Questions


class Client(int):
    """A number that can learn who leads."""

    learned = 0

    def list_topics(self, timeout: float) -> None:
        self.learned += 1


class Clients:
    """Makes numbered clients, and answers as told: by value, by error, or not at all."""

    def __init__(self, *answers):
        self.made, self._answers, self.asked_of = 0, list(answers), []

    def connect(self) -> int:
        self.made += 1
        return Client(self.made)

    def question(self, client: int) -> Future:
        self.asked_of.append(client)
        future: Future = Future()
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            future.set_exception(answer)
        elif answer is not None:
            future.set_result(answer)
        return future


def refused(code: int) -> KafkaException:
    return KafkaException(KafkaError(code))


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(questions, "LOST_AFTER_S", 0.02)
    monkeypatch.setattr(questions, "WITHIN_S", 1.0)
    monkeypatch.setattr(questions, "_abandoned", [])


def test_an_answer_comes_through_the_first_client():
    clients = Clients("yes")
    assert Questions(clients.connect).ask(clients.question, "say yes") == "yes"
    assert clients.asked_of == [1]


def test_a_lost_answer_is_asked_for_by_another_client():
    """And the old client is kept: to end it would wait for the answer."""
    clients = Clients(None, "yes")
    assert Questions(clients.connect).ask(clients.question, "say yes") == "yes"
    assert clients.asked_of == [1, 2]
    assert questions._abandoned == [1]


def test_a_passing_error_is_asked_again_of_the_same_client():
    clients = Clients(refused(KafkaError.NOT_COORDINATOR), "yes")
    assert Questions(clients.connect).ask(clients.question, "say yes") == "yes"
    assert clients.asked_of == [1, 1]


@pytest.mark.parametrize("code", [KafkaError.FENCED_LEADER_EPOCH, KafkaError.NOT_COORDINATOR])
def test_leaders_that_moved_are_learned_anew(code):
    """Else the same one would be asked until time is over."""
    clients = Clients(refused(code), refused(code), "yes")
    asked = Questions(clients.connect)
    asked.ask(clients.question, "say yes")
    assert asked._admin.learned == (2 if code in questions.MOVED else 0)


def test_an_answer_without_a_value_is_none():
    """An end of -1001 would be taken for one."""
    clients = Clients(-1001, 7)
    asked = Questions(clients.connect)
    assert asked.ask(clients.question, "tell an end", is_known=lambda end: end >= 0) == 7
    assert asked._admin.learned == 1


def test_another_error_ends_it():
    clients = Clients(refused(KafkaError.GROUP_AUTHORIZATION_FAILED))
    with pytest.raises(BenchError, match="refused to say yes"):
        Questions(clients.connect).ask(clients.question, "say yes")


def test_time_is_over_some_day():
    clients = Clients(*[None] * 100)
    with pytest.raises(BenchError, match="did not say yes within 1 s"):
        Questions(clients.connect).ask(clients.question, "say yes")
