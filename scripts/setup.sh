#!/usr/bin/env bash
# Set-up for `make`: Debian packages, .venv with the pinned packages, the program itself.
# Where nothing has changed since the last time it ends at once. `scripts/setup.sh test` adds what only tests need.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
purpose=${1:-run}

# Package of Debian and what shows that it (or its like on another system) is there.
missing=()
need() { local package=$1; shift; "$@" >/dev/null 2>&1 || missing+=("$package"); }
speaks_vietnamese() { tesseract --list-langs | grep -x vie; }
has_postgres() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }
has_fonts() { fc-list | grep LiberationSerif; }
has_atomic() { PATH=$PATH:/usr/sbin:/sbin ldconfig -p | grep libatomic.so.1; } # the browser tests' driver is linked to it
look() {
  missing=()
  need tesseract-ocr command -v tesseract
  need tesseract-ocr-vie speaks_vietnamese
  need libreoffice-writer-nogui command -v soffice
  need fonts-liberation2 has_fonts
  need python3-venv "$python" -c 'import ensurepip'
  [ "$purpose" = test ] || return 0
  need chromium command -v chromium
  need postgresql has_postgres
  need libatomic1 has_atomic
}

install_missing() {
  local root=()
  [ "$(id -u)" = 0 ] || root=(sudo -n)
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; } || return 1
  echo "set-up: installing ${missing[*]}"
  "${root[@]}" apt-get -qq update &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
}

look
if [ ${#missing[@]} -gt 0 ]; then
  install_missing || true
  look
fi
if [ ${#missing[@]} -gt 0 ]; then
  echo "set-up: please install: ${missing[*]}   (Debian: sudo apt-get install ${missing[*]})" >&2
  echo "set-up: going on; scans and Word files that need them get an issue instead of text or pages" >&2
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "set-up: $python is older than 3.11" >&2; exit 1; }
stamp=$({ pwd; "$python" --version; cat requirements.txt requirements-dev.txt pyproject.toml scripts/setup.sh; } | sha256sum)
[ "$(cat .venv/.stamp 2>/dev/null)" = "$stamp" ] && exit 0

echo "set-up: Python packages into .venv (some minutes the first time)"
"$python" -m venv .venv
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet)
"${pip[@]}" install -r requirements-dev.txt
"${pip[@]}" install --no-deps -e .
echo "$stamp" >.venv/.stamp
