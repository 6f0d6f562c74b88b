"""``python -m testbed.runner FOLDER ARGS...``: one behave worker of a run, see ``worker``."""

import sys

from testbed.runner.worker import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
