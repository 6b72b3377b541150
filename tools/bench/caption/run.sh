#!/usr/bin/env bash
# Captioning beside Hugging Face torch, on one model of full size with random weights, and transformers.js, on one of equal size; see README.md.
#
#     TORCH_PYTHON=… ONNX_PYTHON=… tools/bench/caption/run.sh WORK PHOTOS TOKENIZER [torch | transformers.js | leyenda]...
#
# TORCH_PYTHON has tools/oracle/requirements-marian.txt, ONNX_PYTHON tools/bench/translate/requirements-onnx.txt; PHOTOS is a folder of JPEGs,
# TOKENIZER one of source.spm, target.spm and vocab.json with at most 65,001 pieces. Models are made in WORK where they are not there, 3 GB;
# npm installs transformers.js there. Without ONNX_PYTHON it is left out.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1 photos=$2 tokenizer=$3
shift 3
[ $# -gt 0 ] || set -- leyenda torch transformers.js
count="${PICTURES:-64}"
mkdir -p "$work"
[ -e "$work/pixels.npy" ] || node "$here/../../oracle/caption-parity.mjs" pixels "$work/pixels.npy" "$photos" "$count"
[ -d "$work/model" ] || "${TORCH_PYTHON:-python3}" -W ignore "$here/make_model.py" "$work/model"
for precision in fp32 int8; do
  [ -d "$work/$precision" ] ||
    node "$here/../../../packages/cli/bin/leyenda.js" model convert "$work/model" "$work/$precision" --precision "$precision" --tokenizer "$tokenizer"
done
if [ -n "${ONNX_PYTHON:-}" ]; then
  [ -d "$work/transformers-js" ] || "$ONNX_PYTHON" -W ignore "$here/export_peer.py" "$work/transformers-js"
  [ -d "$work/npm" ] || (mkdir "$work/npm" && cd "$work/npm" && echo '{}' >package.json && ONNXRUNTIME_NODE_INSTALL=skip npm install --silent @huggingface/transformers@4.3.1)
fi

measure() { # WHO BEAMS BATCH
  case "$1" in
    leyenda) for precision in fp32 int8; do node "$here/caption.mjs" "$work/$precision" "$work/pixels.npy" "$2" "$3" "$count"; done ;;
    torch) "${TORCH_PYTHON:-python3}" -W ignore "$here/torch_captions.py" "$work/model" "$work/pixels.npy" "$2" "$3" "$count" 2>/dev/null ;;
    # Greedy is all that it does.
    transformers.js) [ -z "${ONNX_PYTHON:-}" ] || [ "$2" != 1 ] ||
      for type in fp32 q8; do node "$here/transformers_js.mjs" "$work/npm" "$work/transformers-js" "$type" "$work/pixels.npy" "$3" "$count"; done ;;
    *) echo "there is no measurement $1" >&2 && return 1 ;;
  esac
}

for beams in 1 4; do
  for batch in 1 16; do
    for who in "$@"; do measure "$who" "$beams" "$batch"; done
  done
done
