#!/usr/bin/env bash
# Marian translation beside CTranslate2, Hugging Face torch and transformers.js on one model of full size; see README.md.
# Needs LEYENDA_CORPUS and, in PYTHON (default python3), the packages of requirements.txt. Where OPTIMUM is a Python with those of
# requirements-onnx.txt, transformers.js is measured too; npm installs it into WORK.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
python="${PYTHON:-python3}"
work="${WORK:-$(mktemp -d)}"
count="${COUNT:-512}"
captions="$LEYENDA_CORPUS/web/cc3m-validation.caption-url.tsv"
model="$work/opus-random"
[ -d "$model" ] || "$python" "$here/make_model.py" "$LEYENDA_CORPUS/marian/opus-mt-en-mg" "$captions" "$model"
[ -d "$work/ct2" ] || ct2-transformers-converter --model "$model" --output_dir "$work/ct2" --quantization int8
for precision in fp32 int8; do
  [ -d "$work/$precision" ] || node "$here/../../../packages/cli/bin/leyenda.js" model convert "$model" "$work/$precision" --precision "$precision"
done
if [ -n "${OPTIMUM:-}" ]; then
  [ -d "$work/transformers-js" ] || "$OPTIMUM" "$here/export_onnx.py" "$model" "$work/transformers-js"
  [ -d "$work/npm" ] || (mkdir "$work/npm" && cd "$work/npm" && echo '{}' >package.json && ONNXRUNTIME_NODE_INSTALL=skip npm install --silent @huggingface/transformers@4.3.1)
fi
for turn in $(seq "${REPEAT:-3}"); do
  for beams in 1 4; do
    node "$here/translate.mjs" "$work/int8" "$captions" "$count" "$beams"
    "$python" "$here/peers.py" ctranslate2 "$work/ct2" "$model" "$captions" "$count" "$beams" 2>/dev/null
    if [ "$turn" = 1 ]; then
      node "$here/translate.mjs" "$work/fp32" "$captions" "$((count / 4))" "$beams"
      "$python" "$here/peers.py" torch "$model" "$model" "$captions" "$((count / 8))" "$beams" 2>/dev/null
    fi
  done
  if [ -n "${OPTIMUM:-}" ]; then
    for precision in fp32:fp32 q8:int8; do
      node "$here/transformers_js.mjs" "$work/npm" "$work/transformers-js" "${precision%:*}" "$work/${precision#*:}" "$captions" "$((count / 4))" 32
    done
  fi
done
