#!/usr/bin/env bash
# Set up everything the workflow needs on a fresh Debian machine: a virtual environment with the exact versions of
# requirements.lock and the command mmlmirloc in .venv, cd-hit-est and blastn. Does nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo "$@"; else return 1; fi
}

install_debian() {
  command -v apt-get >/dev/null || return 1
  as_root apt-get -o DPkg::Lock::Timeout=300 update -qq || return 1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" >/dev/null
}

find_python() {
  for candidate in "${PYTHON:-}" python3.11 python3 python3.12 python3.13; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$candidate"; return; fi
  done
  fail "no Python 3.11 or newer found. Install python3 (Debian 12 or newer has it), or name one: PYTHON=/path/to/python make run"
}

make_environment() {
  if [ -e .venv/installed ] && cmp -s requirements.lock .venv/installed; then return; fi
  python=$(find_python)
  echo "setup: installing the locked packages into .venv (about 2 GB, a minute or a few)" >&2
  if ! "$python" -m venv --clear .venv 2>/dev/null; then
    install_debian python3-venv && "$python" -m venv --clear .venv \
      || fail "'$python -m venv' does not work. On Debian: apt-get install python3-venv"
  fi
  if .venv/bin/python -m pip install --quiet uv; then
    . scripts/uv_settings.sh
    # Compiled once here: where PYTHONDONTWRITEBYTECODE is set, as in many containers, every one of a thousand jobs
    # would else compile pandas and torch again, which takes four times as long as to load them.
    .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python -r requirements.lock
  else
    .venv/bin/python -m pip install --quiet -r requirements.lock
  fi
  cp requirements.lock .venv/installed
}

# The command mmlmirloc, of this folder as it is: with what requirements.lock has, and nothing else.
make_command() {
  if .venv/bin/python - "$PWD" 2>/dev/null <<'PYTHON'
import sys, mmlmirloc, importlib.metadata
importlib.metadata.version("mmlmirloc")
sys.exit(not mmlmirloc.__file__.startswith(sys.argv[1] + "/"))
PYTHON
  then [ ! -x .venv/bin/mmlmirloc ] || return 0; fi
  if [ -x .venv/bin/uv ]; then
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
  else
    .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
  fi
}

# A tool that is not of PyPI: the command, Debian's package, bioconda's package.
make_tool() {
  command -v "$1" >/dev/null && return
  echo "setup: installing $2" >&2
  install_debian "$2" || fail "$1 is missing and could not be installed. As root: apt-get install $2; or with conda: conda install -c bioconda $3"
}

make_environment
make_command
make_tool cd-hit-est cd-hit cd-hit
make_tool blastn ncbi-blast+ blast
