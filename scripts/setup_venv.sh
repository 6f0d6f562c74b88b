# Sourced by the bash scripts beside it.
# Defines `setup_venv run|dev`: makes .venv as the lock files say and sets PYTHON to its Python.
# Returns 3 after one [ERROR] line when that cannot be done.

churn_root=$(CDPATH= cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

# The first Python that really starts (a pyenv shim may not) and is new enough.
find_python() {
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python py; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
            </dev/null >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

setup_venv() {
    # Asking the environment's own Python first saves the search when nothing has changed.
    venv_python="$churn_root/.venv/bin/python"
    [ -x "$venv_python" ] || venv_python="$churn_root/.venv/Scripts/python.exe"
    if "$venv_python" -IS "$churn_root/scripts/setup_venv.py" --check "$1" </dev/null 2>/dev/null; then
        PYTHON=$venv_python
        return 0
    fi
    base_python=$(find_python) || {
        echo "[ERROR] Python 3.11 or newer was not found. Install it" \
            "(Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python)" \
            "or name one: PYTHON=/path/to/python3 bash $0" >&2
        return 3
    }
    "$base_python" "$churn_root/scripts/setup_venv.py" "$1" </dev/null || return $?
    PYTHON="$churn_root/.venv/bin/python"
    [ -x "$PYTHON" ] || PYTHON="$churn_root/.venv/Scripts/python.exe"
}
