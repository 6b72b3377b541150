#!/usr/bin/env bash
# load.sh [dataset]: exports a finished dataset in every format and loads it and them each way that users do.
# Wants `npm run build` and the built dataset; installs requirements-load.txt into tools/.venv-load, or $LEYENDA_LOAD_VENV.
set -euo pipefail
cd "$(dirname "$0")/../.."
dataset="${1:-sample}"
data="${DATA_DIR:-data}/$dataset"
venv="${LEYENDA_LOAD_VENV:-tools/.venv-load}"
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet -r tools/oracle/requirements-load.txt
fi
for format in parquet webdataset imagefolder hf-disk; do
  node packages/cli/bin/leyenda.js export "$dataset" --format "$format" >&2
done
HF_DATASETS_CACHE="$(mktemp -d)"
export HF_DATASETS_CACHE
trap 'rm -rf "$HF_DATASETS_CACHE"' EXIT
"$venv/bin/python" tools/oracle/load.py "$data/dataset" "$data/exported"
