"""The network as a process of its own: a busy bench must not slow the consumer's traffic down.

``python -m testbed.network LISTEN=TARGET...`` (``host:port=host:port``) listens on the first
address that is free. Orders come as JSON lines on standard input, and each is answered; notes
go out as JSON lines when something happens. It ends with its standard input.
"""

import asyncio
import json
import os
import signal
import sys
import threading

from testbed.network.network import Address, Network, noted


def say(line: dict) -> None:
    """One JSON line, at once."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def obey(network: Network, line: str) -> None:
    """Carry out one order, and answer it."""
    order = json.loads(line)
    try:
        answer = getattr(network, order.pop("order"))(**order)
        say({"answer": answer})
    except (ValueError, TypeError, KeyError) as error:
        say({"error": str(error)})


def hear(network: Network, loop: asyncio.AbstractEventLoop) -> None:
    """Hand orders to the loop; end the process when nobody can give any more."""
    for line in sys.stdin:
        loop.call_soon_threadsafe(obey, network, line)
    os._exit(0)


async def serve(pairs: list[tuple[Address, Address]]) -> int:
    """Listen where there is a free port; 1 where there is none."""
    for listen, target in pairs:
        network = Network(target, noted(lambda note: say({"note": note})))
        try:
            await network.listen(listen)
        except OSError:
            continue
        say({"answer": {"listen": "{}:{}".format(*listen)}})
        loop = asyncio.get_running_loop()
        threading.Thread(target=hear, args=(network, loop), daemon=True).start()
        await loop.create_future()
    say({"error": "every port is taken"})
    return 1


def address(text: str) -> Address:
    """From ``host:port``."""
    host, _, port = text.rpartition(":")
    return host, int(port)


def main(words: list[str]) -> int:
    """Serve until the standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the bench still needs it to take down
    pairs = [tuple(map(address, word.split("="))) for word in words]
    return asyncio.run(serve(pairs))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
