"""The project's own consumer, exactly-once; it takes all else from the environment."""

import sys

from consumer.__main__ import main

if __name__ == "__main__":
    sys.argv += ["--delivery", "exactly-once", "--metrics-port", "0"]
    sys.exit(main())
