#!/usr/bin/env bash
# Put the suite itself to the proof (docs/proof.md): bash scripts/proof.sh --quick
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/setup_venv.sh
setup_venv dev
exec "$PYTHON" -m testbed proof "$@"
