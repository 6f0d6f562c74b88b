"""The end of a process that used Kafka clients: nothing may hold it up any more.

A client whose broker was killed can keep the interpreter from ending, long after the verdict.
"""

import atexit
import os
import sys
from types import FrameType, ModuleType
from typing import NoReturn

BEHAVE = "behave.__main__"


def leave(code: int) -> NoReturn:
    """End now, with all output written and what others registered for the end done."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # nobody reads it any more
            continue
    os._exit(code)


def leave_with_behave() -> None:
    """Have a plain ``behave`` end by ``leave``, with the exit code that it comes to by itself.

    Its main function returns that code, after formatters and reporters have had their last word.
    Where behave is only a part of another program, or is being profiled, nothing changes.
    """
    program = sys.modules["__main__"]
    if _is_behave(program) and sys.getprofile() is None:
        last = program.main.__code__

        def watch(frame: FrameType, event: str, value: object) -> None:
            if event == "return" and frame.f_code is last and isinstance(value, int):
                leave(value)

        sys.setprofile(watch)


def _is_behave(program: ModuleType) -> bool:
    """``python -m behave``, or a script that calls behave's own main function."""
    started = getattr(program.__spec__, "name", None)
    return BEHAVE in (started, getattr(getattr(program, "main", None), "__module__", None))
