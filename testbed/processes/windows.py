"""Windows: a job object per process, which ends with the handle, so with the parent."""

import ctypes
import signal
import subprocess

import psutil

CREATE_NEW_PROCESS_GROUP = 0x00000200
CREATE_SUSPENDED = 0x00000004
EXTENDED_LIMIT_INFORMATION = 9
LIMIT_BREAKAWAY_OK = 0x00000800  # the guardian must be able to leave
LIMIT_KILL_ON_JOB_CLOSE = 0x00002000
CTRL_BREAK_EVENT = getattr(signal, "CTRL_BREAK_EVENT", 1)


class _BasicLimits(ctypes.Structure):
    _fields_ = [
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    ]


class _ExtendedLimits(ctypes.Structure):
    _fields_ = [
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    ]


class Job:
    """A job object that kills its members when its last handle closes."""

    def __init__(self):
        self._kernel = _kernel()
        self._handle = self._check(self._kernel.CreateJobObjectW(None, None))
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = LIMIT_KILL_ON_JOB_CLOSE | LIMIT_BREAKAWAY_OK
        self._check(
            self._kernel.SetInformationJobObject(
                self._handle,
                EXTENDED_LIMIT_INFORMATION,
                ctypes.byref(limits),
                ctypes.sizeof(limits),
            )
        )

    def add(self, process_handle: int) -> None:
        """Put a process, and all that it will start, into the job."""
        self._check(self._kernel.AssignProcessToJobObject(self._handle, process_handle))

    def kill(self) -> None:
        """End all members at once."""
        self._check(self._kernel.TerminateJobObject(self._handle, 1))

    def _check(self, result: int) -> int:
        if not result:
            raise OSError(f"A job object call failed with error {ctypes.get_last_error()}")
        return result


class Leader:
    """The process that was started, alone in a console group, and its job."""

    def __init__(self, popen: subprocess.Popen, job: Job):
        self._popen, self._job = popen, job
        self.pid, self.output = popen.pid, popen.stdout

    def poll(self) -> int | None:
        """The exit code; the open handle keeps the pid from being given away."""
        return self._popen.poll()

    def is_member(self, process: psutil.Process) -> bool:
        """Only the leader itself: the rest is found as descendants or by token."""
        return process.pid == self.pid

    def ask_to_stop(self) -> None:
        """CTRL_BREAK to the process group of its own."""
        if self.poll() is None:
            self._popen.send_signal(CTRL_BREAK_EVENT)

    def interrupt(self) -> None:
        """CTRL_BREAK too: CTRL_C never reaches a group of its own."""
        self.ask_to_stop()

    def signal_group(self, name: str) -> None:
        """Windows signals no groups: each member is frozen by itself."""

    def kill_group(self) -> None:
        """End the whole job."""
        self._job.kill()

    def reap(self) -> None:
        """Collect the exit code."""
        self._popen.wait()


def start(args: list[str], **options) -> Leader:
    """Start ``args`` frozen, put it into a job, and let it go: nothing escapes between.

    Raises ``OSError`` as Popen does.
    """
    flags = CREATE_NEW_PROCESS_GROUP | CREATE_SUSPENDED
    job = Job()
    popen = subprocess.Popen(args, creationflags=flags, **options)
    try:
        job.add(int(popen._handle))  # the only way to the handle that Popen opened
        psutil.Process(popen.pid).resume()
    except BaseException:
        popen.kill()
        raise
    return Leader(popen, job)


def _kernel():
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    handle, flag = ctypes.c_void_p, ctypes.c_int
    kernel.CreateJobObjectW.restype = handle
    kernel.CreateJobObjectW.argtypes = [handle, ctypes.c_wchar_p]
    kernel.SetInformationJobObject.restype = flag
    kernel.SetInformationJobObject.argtypes = [handle, flag, handle, ctypes.c_uint32]
    kernel.AssignProcessToJobObject.restype = flag
    kernel.AssignProcessToJobObject.argtypes = [handle, handle]
    kernel.TerminateJobObject.restype = flag
    kernel.TerminateJobObject.argtypes = [handle, ctypes.c_uint32]
    return kernel
