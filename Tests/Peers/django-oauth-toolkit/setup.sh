#!/bin/sh
# Makes the virtual environment that server.py runs in.
#   setup.sh [TARGET_DIR]      default: <repository>/.build-peers/django-oauth-toolkit
# Quiet, and instant when there is nothing to do. PYTHON=... picks another interpreter.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
target=${1:-$(cd "$here/../../.." && pwd)/.build-peers/django-oauth-toolkit}
python=${PYTHON:-python3}
stamp=$target/requirements.sha256

say() { printf 'setup.sh: %s\n' "$*" >&2; }
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# The stamp is written last, so a set-up that was cut short starts over. The test of bin/python catches an
# environment whose interpreter has since been removed: it is a symbolic link.
wanted=$({ sha256sum 2>/dev/null || shasum -a 256; } <"$here/requirements.txt" | cut -d' ' -f1)
if [ -x "$target/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

command -v "$python" >/dev/null || { say "$python is not installed"; exit 1; }
mkdir -p "$target"
rm -f "$stamp"

# Debian and Ubuntu ship Python without ensurepip; then venv fails, and the missing half is the package python3-venv.
if ! "$python" -m venv --clear "$target" >/dev/null 2>&1; then
    if ! command -v apt-get >/dev/null; then
        say "'$python -m venv' does not work here, and there is no apt-get to install python3-venv with"
        exit 1
    elif [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        say "'$python -m venv' does not work here; as root, run: apt-get install python3-venv"
        exit 1
    fi
    # A fresh image has no package lists yet; a stale list is worth a try, hence the order.
    install="env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-venv"
    as_root $install >/dev/null 2>&1 || { as_root apt-get update -qq >/dev/null && as_root $install >/dev/null; }
    "$python" -m venv --clear "$target"
fi

# Wheels only: nothing is compiled, and no package's set-up code runs. Where they come from is pip's own configuration.
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: \
    --requirement "$here/requirements.txt"
printf '%s\n' "$wanted" >"$stamp"
