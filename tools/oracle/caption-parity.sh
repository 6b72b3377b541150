#!/usr/bin/env bash
# Captions 64 photographs with a CLIP-Vision-Marian model of full size and random weights, in Flax, PyTorch and here, and says how much
# is equal. About 8 GB of disk, 6 GB of memory, some minutes.
#
#     FLAX_PYTHON=… TORCH_PYTHON=… tools/oracle/caption-parity.sh WORK PHOTOS TOKENIZER
#
# FLAX_PYTHON has requirements-flax.txt (Python 3.11), TORCH_PYTHON requirements-marian.txt; PHOTOS is a folder of JPEGs, TOKENIZER one of
# source.spm, target.spm and vocab.json of opus-mt-en-es. What Python says is kept in WORK and not asked for again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1 photos=$2 tokenizer=$3
mkdir -p "$work"
[ -e "$work/pixels.npy" ] || node "$here/caption-parity.mjs" pixels "$work/pixels.npy" "$photos"
[ -e "$work/flax/flax.json" ] || "${FLAX_PYTHON:-python}" "$here/caption_flax.py" full "$work/flax" "$work/pixels.npy"
[ -e "$work/torch/torch.json" ] || "${TORCH_PYTHON:-python}" "$here/caption_torch.py" "$work/flax" "$work/torch" "$work/pixels.npy"
node "$here/caption-parity.mjs" compare "$work" "$work/pixels.npy" "$tokenizer"
