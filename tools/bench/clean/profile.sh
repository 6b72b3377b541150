#!/usr/bin/env bash
# profile.sh [PHOTOS]: what each step of cleaning a photo costs alone, here and in OpenCV. Needs what run.sh needs.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
photos=${1:-${LEYENDA_CORPUS:?set LEYENDA_CORPUS, or give a folder of photos}/photos}
MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=65536 node "$here/profile.mjs" "$photos"
"${PYTHON:-$("$here/../setup.sh")/bin/python}" "$here/profile_opencv.py" "$photos"
