#!/usr/bin/env bash
# What the test command leaves out of the CI files' checks, for it needs Go and some minutes:
#   bash scripts/check_ci.sh actionlint   # GitHub's workflow, by its linter
#   bash scripts/check_ci.sh gitlab       # GitLab's job, run from a clone as its shell executor would
# Without a word, both.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/setup_venv.sh
setup_venv dev
ACTIONLINT=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
GITLAB_CI_LOCAL=gitlab-ci-local@4.75.1

check_actionlint() {
    command -v go >/dev/null || { echo "[ERROR] actionlint needs Go: https://go.dev/dl/" >&2; return 3; }
    go run "$ACTIONLINT" .github/workflows/*.yml
    echo "[SUCCESS] actionlint has nothing to say"
}

# In a clone: the job makes its own .venv and reports there. Nothing is installed on this machine,
# so apt-get is one that only says what it was asked for; the Docker service has no counterpart,
# and the job has to do without it, as on a runner that is not privileged.
check_gitlab() {
    local clone
    clone=$(mktemp -d)
    trap "rm -rf '$clone'" EXIT
    git clone --quiet . "$clone/project"
    mkdir "$clone/bin"
    printf '#!/bin/sh\necho "apt-get $*"\n' >"$clone/bin/apt-get"
    ln -s "$(find_python)" "$clone/bin/python" 2>/dev/null || ln -s "$(command -v "$(find_python)")" "$clone/bin/python"
    chmod +x "$clone/bin/apt-get"
    (
        cd "$clone/project"
        PATH="$clone/bin:$PATH" "$venv_npx" --yes "$GITLAB_CI_LOCAL" --force-shell-executor \
            --home "$clone/home" integration-tests
        test -s reports/test-results.xml && test -s reports/allure-report/index.html
    )
    echo "[SUCCESS] GitLab's job passes and leaves its reports"
}

venv_npx=$(dirname "$PYTHON")/npx
case ${1:-all} in
    actionlint) check_actionlint ;;
    gitlab) check_gitlab ;;
    all) check_actionlint && check_gitlab ;;
    *) echo "[ERROR] Expected actionlint, gitlab or nothing, got $1" >&2; exit 2 ;;
esac
