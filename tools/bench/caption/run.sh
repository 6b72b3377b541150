#!/usr/bin/env bash
# Captioning beside Hugging Face torch on one model of full size; see README.md.
#
#     FLAX_PYTHON=… TORCH_PYTHON=… tools/bench/caption/run.sh WORK PHOTOS TOKENIZER
#
# WORK, PHOTOS, TOKENIZER and the Pythons are those of tools/oracle/caption-parity.sh, which makes the model where it is not there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1 photos=$2 tokenizer=$3
[ -d "$work/torch-fp32" ] || "$here/../../oracle/caption-parity.sh" "$work" "$photos" "$tokenizer" >/dev/null
[ -d "$work/torch-int8" ] || node "$here/../../../packages/cli/bin/leyenda.js" model convert "$work/torch" "$work/torch-int8" --tokenizer "$tokenizer"
for beams in 1 4; do
  for batch in 1 16; do
    for precision in fp32 int8; do
      node "$here/caption.mjs" "$work/torch-$precision" "$work/pixels.npy" "$beams" "$batch" "${PICTURES:-64}"
    done
    "${TORCH_PYTHON:-python3}" -W ignore "$here/torch_captions.py" "$work/torch" "$work/pixels.npy" "$beams" "$batch" "${PICTURES:-64}" 2>/dev/null
  done
done
