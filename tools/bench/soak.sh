#!/usr/bin/env bash
# 1,000,000 tiny downloads from a local web with 10 % faults: counts to the row, memory, open handles, as JSON.
# Usage: soak.sh [rows] [first row]. Needs a built checkout (npm run build).
set -euo pipefail
# With the option that the command line sets for itself and its workers; as a library, the application decides.
exec node --heap-growing-percent=50 "$(dirname "$0")/../e2e/dist/soak/main.js" "${1:-1000000}" "${2:-0}"
