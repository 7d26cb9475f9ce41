#!/bin/sh
# The steps of the container image, so that they can be run, and are tested, without a container engine.
#   tools/image.sh build             in the checkout: front end, detector, translations, demo footage
#   tools/image.sh install LOCK DIR  an environment in DIR with exactly what locks/LOCK.lock names
#   tools/image.sh account NAME DIR  an account without a shell, which owns DIR (as root)
#   tools/image.sh prepare           migrate the database and collect the static files
set -eu
cd "$(dirname "$0")/.."
case "${1:-}" in
  build)
    tools/run build
    ;;
  install)
    python3 -m venv "$3"
    "$3/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check --no-deps --require-hashes \
      -r "locks/$2.lock"
    ;;
  account)
    id "$2" >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin "$2"
    mkdir -p "$3"
    chown -R "$2" "$3"
    ;;
  prepare)
    exec python manage.py prepare
    ;;
  *)
    sed -n '2,6p' "$0" >&2
    exit 2
    ;;
esac
