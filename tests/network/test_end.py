"""However the bench ends, its proxy ends with it."""

import subprocess
import sys

import psutil

from testbed.network.proxy import ROOT
from testbed.wait import until

WITHIN_S = 10.0
BENCH = """
import sys, time
from testbed.brokers import ports
from testbed.network.proxy import Proxy
proxy = Proxy.start([(f"127.0.0.1:{ports.free(1)[0]}", "127.0.0.1:1")])
print(proxy._process.pid, flush=True)
sys.stdin.read()
"""


def test_a_proxy_ends_with_a_bench_that_is_shot():
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", BENCH], cwd=ROOT, **pipes) as bench:
        proxy = psutil.Process(int(bench.stdout.readline()))
        assert proxy.is_running()
        bench.kill()
    until(lambda: not proxy.is_running(), within_s=WITHIN_S, what="the proxy to end")


def test_a_proxy_that_is_closed_is_gone(proxy):
    process = psutil.Process(proxy._process.pid)
    proxy.close()
    assert not process.is_running()
    proxy.close()
