"""Work beside the main thread, whose end can be waited for with a limit."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread


def in_background(work: Callable[[], object], name: str) -> Future:
    """Run ``work`` in a thread that never holds up the end of the process."""
    future: Future = Future()

    def target() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # handed to whoever asks for the result
            future.set_exception(error)

    Thread(target=target, name=name, daemon=True).start()
    return future
