#!/bin/sh
# Writes the pinned and hashed lock files from pyproject.toml. Needs `uv` (it is in the dev lock).
set -eu
cd "$(dirname "$0")/.."
lock() { # NAME EXTRA…
  name=$1; shift
  extras=""
  for extra in "$@"; do extras="$extras --extra $extra"; done
  # shellcheck disable=SC2086
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
    --no-annotate $extras pyproject.toml --output-file "locks/$name.lock"
}
lock web web
lock watch watch
lock run web watch embedded
lock dev web watch embedded dev
