#!/usr/bin/env bash
# Runs the benchmark of fetch, and of fetch with clean, beside its peers: run.sh [photos|mix|latency|clean]... [--options].
# Needs a built checkout (npm run build) and LEYENDA_CORPUS; installs nginx, aria2 and the Python peers where they are missing.
set -euo pipefail
cd "$(dirname "$0")/../../.."
LEYENDA_BENCH_VENV=$(tools/bench/setup.sh)
export LEYENDA_BENCH_VENV
exec node tools/bench/fetch/dist/main.js "$@"
