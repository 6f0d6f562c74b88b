"""Answers an operator's questions over HTTP, and never gets in the way of the scoring.

`/metrics` for Prometheus; `/livez` is 200 unless a restart would help; `/readyz` is 200 while
events are scored. The last two tell the consumer's state in a word.
"""

import io
import logging
from socketserver import TCPServer, ThreadingMixIn
from threading import BoundedSemaphore, Event, Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import make_wsgi_app

from consumer.errors import Unreachable
from consumer.metrics import Metrics

log = logging.getLogger(__name__)
MOST_AT_ONCE = 8  # requests: a scraper and some probes; more must not cost threads and files
REQUEST_S = 5.0  # for a client that does not finish its request, or does not take its answer
REOPEN_S = 2.0


def serve(port: int, metrics: Metrics) -> None:
    """Answer on ``port``; 0 means no server. Raises ``Unreachable`` if the port is taken."""
    if not port:
        return
    try:
        server = _Server(port, metrics)
    except (OSError, OverflowError) as error:
        raise Unreachable(
            f"metrics port {port} cannot be opened: {error}; "
            "stop the other process or choose another --metrics-port (0: no metrics)"
        ) from error
    Thread(target=_keep_open, args=(server, port, metrics), name="metrics", daemon=True).start()
    log.info("metrics served port=%d", port)


def answer(path: str, metrics: Metrics) -> tuple[str, str]:
    """HTTP status and word of a health question; 404 for any other path."""
    pulse = metrics.pulse
    answers = {"/livez": pulse.alive, "/readyz": pulse.ready}
    if path not in answers:
        return "404 Not Found", "not found: /metrics /livez /readyz"
    return "200 OK" if answers[path] else "503 Service Unavailable", pulse.state


def _keep_open(server: WSGIServer, port: int, metrics: Metrics) -> None:
    """Serve; a server that fails is opened again, for the scoring goes on without it."""
    while True:
        try:
            server.serve_forever()
        except Exception as error:
            log.warning("metrics server failed, opening it again cause=%s", type(error).__name__)
            server.server_close()
            server = _reopened(port, metrics)
            log.info("metrics served port=%d", port)


def _reopened(port: int, metrics: Metrics) -> WSGIServer:
    pause = Event()
    while True:
        pause.wait(REOPEN_S)
        try:
            return _Server(port, metrics)
        except OSError:
            continue


class _Handler(WSGIRequestHandler):
    timeout = REQUEST_S

    def log_message(self, *_args) -> None:
        """A request is no event that an operator acts on."""

    def get_stderr(self) -> io.StringIO:
        """Where a trace of a failed answer goes: nowhere."""
        return io.StringIO()


class _Server(ThreadingMixIn, WSGIServer):
    """A thread for each of a few requests at once; whoever comes beyond that is sent away."""

    daemon_threads = True
    request_queue_size = 32

    def __init__(self, port: int, metrics: Metrics):
        self._free = BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(("0.0.0.0", port), _Handler)  # noqa: S104 - Prometheus asks from outside
        self.set_app(_app(metrics))

    def server_bind(self) -> None:
        """As its parent's, which also asks a name server for its own name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]
        self.setup_environ()

    def process_request(self, request, client_address) -> None:
        """Give it a thread, if one is free."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread could be started, so none gives the place back
            self._free.release()
            raise

    def process_request_thread(self, request, client_address) -> None:
        """In its own thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, _request, _client_address) -> None:
        """A client that goes away, or talks nonsense, is no event either."""
        log.debug("metrics request failed", exc_info=True)


def _app(metrics: Metrics):
    page = make_wsgi_app(metrics.registry)

    def app(environ, start_response):
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return page(environ, start_response)
        status, word = answer(path, metrics)
        start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{word}\n".encode()]

    return app
