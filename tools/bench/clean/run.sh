#!/usr/bin/env bash
# run.sh [PHOTOS]: cleaning alone beside img2dataset's Resizer and plain OpenCV, on the same photos in one run. Needs a built
# checkout (npm run build); installs the Python peers where they are missing. PYTHON names another Python that has them.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
photos=${1:-${LEYENDA_CORPUS:?set LEYENDA_CORPUS, or give a folder of photos}/photos}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
one=$(node "$here/clean.mjs" "$photos" "$out" 1)
two=$(node "$here/clean.mjs" "$photos" "$out" 2)
"${PYTHON:-$("$here/../setup.sh")/bin/python}" "$here/peers.py" "$photos" "$one" "$two" "$out"
