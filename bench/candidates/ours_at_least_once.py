"""The project's own consumer, at-least-once; it takes all else from the environment."""

import os
import sys

from consumer.__main__ import main

if __name__ == "__main__":
    port = os.environ.get("METRICS_PORT", "0")
    sys.argv += ["--delivery", "at-least-once", "--metrics-port", port]
    sys.argv += ["--instance", os.environ["INSTANCE"]]
    sys.exit(main())
