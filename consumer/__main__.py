"""`python -m consumer`: the command line, the exit code and its one line."""

import os
import sys

from consumer.stopping import Stop


def main() -> int:
    """Run the consumer and give its exit code."""
    stop = Stop()
    stop.listen()  # before the imports below, which take a while
    from consumer.settings import parse

    settings = parse()
    # numpy starts threads for matrices, which spin for longer than all the imports take; none are
    # multiplied here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import logging

    from consumer.errors import ConsumerError
    from consumer.log_lines import write_to_stderr
    from consumer.service import run

    write_to_stderr(settings.log_level)
    try:
        run(settings, stop)
    except ConsumerError as error:
        logging.getLogger("consumer").error("%s", error)
        return error.exit_code
    except Exception as error:  # its text may hold what no log may show
        logging.getLogger("consumer").error("failed unexpectedly cause=%s", type(error).__name__)
        logging.getLogger("consumer").debug("where it failed", exc_info=True)
        return ConsumerError.exit_code
    finally:
        stop.ignore()
    return 0


if __name__ == "__main__":
    sys.exit(main())
