#!/usr/bin/env bash
# Lint and test this project. Further arguments go to pytest: bash scripts/test.sh -k ledger -x
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/setup_venv.sh
setup_venv dev
"$PYTHON" -m ruff check .
"$PYTHON" -m ruff format --check .
exec "$PYTHON" -m pytest "$@"
