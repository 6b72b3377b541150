#!/usr/bin/env bash
# Replays all 15,840 rows of the recorded web of January 2019 through the pipeline and checks every row's outcome.
# Needs LEYENDA_CORPUS and a built checkout (npm run build).
set -euo pipefail
: "${LEYENDA_CORPUS:?the folder with web/ and photos/}"
cd "$(dirname "$0")/../e2e"
export LEYENDA_RECORDED_ROWS=15840
time npx vitest run --config ../../vitest.config.ts --root . test/recorded-web.test.ts
