"""A metrics page as Prometheus reads it: taken, refused, and understood."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from testbed.history import Figures
from testbed.observers import metrics_page

PLAIN = "text/plain; version=0.0.4; charset=utf-8"
PAGE = b"""# HELP churn_consumer_events_total Records
# TYPE churn_consumer_events_total counter
churn_consumer_events_total 3
# TYPE churn_consumer_outcomes_total counter
churn_consumer_outcomes_total{outcome="scored"} 2
churn_consumer_outcomes_total{outcome="validation_error"} 1
churn_consumer_outcomes_total{outcome="inference_error"} 0
# TYPE churn_consumer_dead_letters_total counter
churn_consumer_dead_letters_total{error_type="validation_error"} 1
# TYPE churn_consumer_batch_records histogram
churn_consumer_batch_records_bucket{le="+Inf"} 1
churn_consumer_batch_records_count 1
churn_consumer_batch_records_sum 3
# TYPE churn_consumer_lag_records gauge
churn_consumer_lag_records{partition="2"} 4
# TYPE churn_consumer_assigned_partitions gauge
churn_consumer_assigned_partitions 1
# TYPE churn_consumer_rebalances_total counter
churn_consumer_rebalances_total{what="assigned"} 1
churn_consumer_rebalances_total{what="lost"} 5
# TYPE churn_consumer_transactions_total counter
churn_consumer_transactions_total{result="committed"} 7
"""


def test_the_agreed_figures_are_understood():
    """What never happened is left out, so that it equals what is not shown at all."""
    families, problems = metrics_page.parse(200, PLAIN, PAGE)
    assert problems == []
    assert metrics_page.figures(families) == Figures(
        events=3, outcomes={"scored": 2, "validation_error": 1},
        dead_letters={"validation_error": 1}, batch_records=3, lag={2: 4}, partitions=1,
        rebalances=1, transactions={"committed": 7},
    )  # fmt: skip


def test_other_names_say_nothing():
    families, problems = metrics_page.parse(200, PLAIN, b"jvm_threads 7\n")
    assert (len(families), problems) == (1, [])
    assert metrics_page.figures(families) is None


@pytest.mark.parametrize(
    ("status", "content_type", "body", "says"),
    [
        (500, PLAIN, PAGE, "HTTP status 500"),
        (200, "text/html", PAGE, "content type 'text/html'"),
        (200, PLAIN, b"<html>hello</html>", "no exposition format"),
        (200, PLAIN, b"\xff\xfe", "no exposition format"),
        (200, PLAIN, b"events one\n", "no exposition format"),
        (200, PLAIN, b'a{x="1"} 1\na{x="1"} 2\n', "a{x=1} stands there 2 times"),
        (200, PLAIN, b"# TYPE a_total counter\na_total -1\n", "counter a is below 0"),
        (200, PLAIN, b"# TYPE a_total counter\na_total NaN\n", "counter a is below 0"),
    ],
)
def test_what_a_scraper_does_not_take_is_told(status, content_type, body, says):
    _, problems = metrics_page.parse(status, content_type, body)
    assert any(says in problem for problem in problems), problems


def test_nobody_at_the_port_is_told():
    reading = metrics_page.read(9, 0, 1, within_s=1.0)
    assert reading.problems == ("nobody answers at port 9: ConnectionError",)


def test_a_page_is_read(monkeypatch):
    """Whatever proxy the environment names: it does not know this machine's ports."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", PLAIN)
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        reading = metrics_page.read(server.server_port, 1, 2, within_s=5.0)
        answering.join()
    assert (reading.instance, reading.incarnation, reading.problems) == (1, 2, ())
    assert reading.families == 8
    assert reading.figures.events == 3
