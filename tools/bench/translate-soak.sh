#!/usr/bin/env bash
# 250,000 captions through `leyenda translate` with a tiny model: whole, killed and resumed, from a full cache; hashes, memory, hits.
# Usage: translate-soak.sh [rows]. Needs a built checkout (npm run build).
set -euo pipefail
exec node "$(dirname "$0")/../e2e/dist/translate-soak/main.js" "${1:-250000}"
