#!/usr/bin/env bash
# Run the Kafka integration tests: --help tells the options. Sets up .venv when it is needed;
# all else is testbed/runner.
set -euo pipefail
export CHURN_TESTBED_PROGRAM="bash scripts/run_kafka_integration_tests.sh"
here=$(CDPATH= cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
. "$here/setup_venv.sh"
export CHURN_TESTBED_CWD=$PWD # where the run started, for the command of a consumer
cd "$churn_root"
for word in "$@"; do
    case $word in
        --) break ;;
        -h | --help) # answered by any Python, before anything is installed
            base_python=$(find_python) || break
            exec "$base_python" -m testbed run --help
            ;;
    esac
done
setup_venv run
exec "$PYTHON" -m testbed run "$@"
