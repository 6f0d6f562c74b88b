"""``python -m testbed.runner FOLDER ARGS...``: one behave worker of a run, see ``worker``."""

import sys

from testbed.leaving import leave
from testbed.runner.worker import main

if __name__ == "__main__":
    leave(main(sys.argv[1:]))
