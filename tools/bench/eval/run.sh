#!/usr/bin/env bash
# Scoring of 25,000 captions beside sacrebleu, nltk and pycocoevalcap; see README.md.
#
#     METRICS_PYTHON=… tools/bench/eval/run.sh CORPUS WORK [compare]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
corpus=$1 work=$2
export OMP_NUM_THREADS=1
node "$here/make.mjs" "$corpus" "$work"
node "$here/eval.mjs" "$work" "${METRICS_PYTHON:-python3}" ${3:+"$3"}
echo "the command, with everything that it writes:"
/usr/bin/time -f "%e s, %U s of CPU, %M KiB" node "$here/../../../packages/cli/bin/leyenda.js" eval \
  --predictions "$work/predictions.jsonl" --references "$work/references.jsonl" --out "$work/result" --json >/dev/null
