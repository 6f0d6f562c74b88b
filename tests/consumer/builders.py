"""Events and records for tests, and doubles of the Kafka client named for what they do."""

import json
import threading

from confluent_kafka import KafkaError, KafkaException, TopicPartition

VALID = {
    "customerID": "7590-VHVEG",
    "gender": "Female",
    "SeniorCitizen": 0,
    "Partner": "Yes",
    "Dependents": "No",
    "tenure": 1,
    "PhoneService": "No",
    "MultipleLines": "No phone service",
    "InternetService": "DSL",
    "OnlineSecurity": "No",
    "OnlineBackup": "Yes",
    "DeviceProtection": "No",
    "TechSupport": "No",
    "StreamingTV": "No",
    "StreamingMovies": "No",
    "Contract": "Month-to-month",
    "PaperlessBilling": "Yes",
    "PaymentMethod": "Electronic check",
    "MonthlyCharges": 29.85,
    "TotalCharges": "29.85",
    "event_ts": "2026-01-01T00:00:00Z",
}


def event(**changes) -> bytes:
    """A valid event with some fields replaced; ``None`` as the class ``Missing`` drops one."""
    fields = {k: v for k, v in (VALID | changes).items() if v is not Missing}
    return json.dumps(fields, ensure_ascii=False).encode()


class Missing:
    """Stands for a field that is not there."""


class Record:
    """A consumed message."""

    def __init__(self, value, *, key=b"k", headers=None, partition=0, offset=0, error=None):
        self._value, self._key, self._headers = value, key, headers
        self._partition, self._offset, self._error = partition, offset, error

    def value(self):
        return self._value

    def key(self):
        return self._key

    def headers(self):
        if isinstance(self._headers, Exception):
            raise self._headers
        return self._headers

    def topic(self):
        return "input"

    def partition(self):
        return self._partition

    def offset(self):
        return self._offset

    def error(self):
        return self._error


def trouble(code: int, *, fatal=False, retriable=False, abort=False) -> KafkaException:
    """What the client raises."""
    return KafkaException(
        KafkaError(code, "made up", fatal=fatal, retriable=retriable, txn_requires_abort=abort)
    )


class FakeClient:
    """A consumer client that hands over what it is given, and notes what it is asked."""

    def __init__(self, batches=()):
        self.batches, self.calls, self.callbacks = list(batches), [], {}
        self.commit_errors: list[KafkaException] = []
        self.stored: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.timeouts: list[float] = []  # of each look for records
        self._calling_back: int | None = None  # the thread

    def subscribe(self, topics, **callbacks):
        self.callbacks = callbacks

    def assign(self, *numbers):
        self._call_back("on_assign", numbers)

    def revoke(self, *numbers):
        self._call_back("on_revoke", numbers)

    def lose(self, *numbers):
        self._call_back("on_lost", numbers)

    def _call_back(self, name, numbers):
        self._calling_back = threading.get_ident()
        self.callbacks[name](self, [TopicPartition("input", number) for number in numbers])
        self._calling_back = None

    def consume(self, most, timeout):
        self.timeouts.append(timeout)
        batch = self.batches.pop(0) if self.batches else []
        if callable(batch):
            batch = batch()
        if len(batch) > most:
            self.batches.insert(0, batch[most:])
        return batch[:most]

    def commit(self, offsets, asynchronous):
        assert not asynchronous
        # The real one would wait for the end of the callback, which waits for the commit.
        assert self._calling_back in (None, threading.get_ident())
        if self.commit_errors:
            raise self.commit_errors.pop(0)
        self.stored |= {place.partition: place.offset for place in offsets}
        return offsets

    def committed(self, places, timeout):
        return [
            TopicPartition("input", one.partition, self.stored.get(one.partition, -1001))
            for one in places
        ]

    def consumer_group_metadata(self):
        return "generation"

    def get_watermark_offsets(self, place, cached):
        assert cached
        return 0, self.ends.get(place.partition, -1001)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args: self.calls.append((name, _numbers(*args)))


def _numbers(places=()):
    if isinstance(places, list):
        return sorted(place.partition for place in places)
    return (places.partition, places.offset)


class FakeProducer:
    """A producer that delivers at each flush, unless told to refuse."""

    def __init__(self):
        self.delivered, self.queue, self.steps = [], [], []
        self.full = 0  # that many produce calls find the queue full
        self.refusals: list[KafkaError] = []  # one per message, before it is delivered
        self.failures: dict[str, list[KafkaException]] = {}
        self.away = False
        self._begun = 0  # of what is delivered, so much stood there before the transaction

    def __len__(self):
        return len(self.queue)

    def produce(self, topic, value, key, partition, on_delivery, headers=None):
        assert partition == -1
        if self.full:
            self.full -= 1
            raise BufferError("queue full")
        self._fail("produce")
        self.queue.append((topic, value, key, headers, on_delivery))

    def flush(self, _timeout=0):
        self._fail("flush")
        if self.away:
            return len(self.queue)
        queue, self.queue = self.queue, []
        for topic, value, key, headers, on_delivery in queue:
            if self.refusals:
                on_delivery(self.refusals.pop(0), Delivered(topic, value, key, headers))
            else:
                self.delivered.append((topic, value, key))
        return len(self.queue)

    def poll(self, _timeout=0):
        return 0

    def purge(self):
        self.queue = []

    def list_topics(self, timeout):
        self._fail("list")

    def init_transactions(self, _timeout):
        self._step("init")

    def begin_transaction(self):
        self._step("begin")
        self._begun = len(self.delivered)

    def send_offsets_to_transaction(self, positions, membership, _timeout):
        self._step("offsets")
        self.offsets = {place.partition: place.offset for place in positions}
        self.membership = membership

    def commit_transaction(self, _timeout):
        self._step("commit")
        self.flush()

    def abort_transaction(self, _timeout):
        self._step("abort")
        self.queue = []
        del self.delivered[self._begun :]

    def _step(self, name):
        self.steps.append(name)
        self._fail(name)

    def _fail(self, name):
        if self.failures.get(name):
            raise self.failures[name].pop(0)


class Delivered:
    """A message in a delivery report."""

    def __init__(self, topic, value, key, headers):
        self._parts = topic, value, key, headers

    def topic(self):
        return self._parts[0]

    def value(self):
        return self._parts[1]

    def key(self):
        return self._parts[2]

    def headers(self):
        return self._parts[3]
