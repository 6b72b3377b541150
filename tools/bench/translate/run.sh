#!/usr/bin/env bash
# Marian translation beside CTranslate2, Hugging Face torch and transformers.js on one model of full size, and ours on a tiny one; see
# README.md. Needs LEYENDA_CORPUS and a built checkout and, in PYTHON (default python3), the packages of requirements.txt. Where OPTIMUM is
# a Python with those of requirements-onnx.txt, transformers.js is measured too; npm installs it into WORK.
#
#   run.sh make             makes the models in WORK, where they are not there
#   run.sh [measurement]... each is one of those below; without any, all, after the models are made
#
# COUNT captions for the fast ones (2,000), SLOW for torch, transformers.js and CTranslate2 in fp32 (200).
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
python="${PYTHON:-python3}"
work="${WORK:-$(mktemp -d)}"
count="${COUNT:-2000}"
slow="${SLOW:-200}"
captions="$LEYENDA_CORPUS/web/cc3m-validation.caption-url.tsv"
model="$work/opus-random"
leyenda() { node "$here/../../../packages/cli/bin/leyenda.js" model "$@" >&2; }
ours() { node "$here/translate.mjs" "$work/$1" "$captions" "$count" "${@:2}"; }
peer() { "$python" -W ignore "$here/peers.py" "$1" "$work/$2" "$model" "$captions" "$3" "$4" 2>/dev/null; }
transformers_js() { node "$here/transformers_js.mjs" "$work/npm" "$work/transformers-js" "$1" "$work/int8" "$captions" "$slow" 32; }

make_models() {
  [ -d "$model" ] || "$python" "$here/make_model.py" "$LEYENDA_CORPUS/marian/opus-mt-en-mg" "$captions" "$model" --endless
  [ -d "$work/ct2-int8" ] || ct2-transformers-converter --model "$model" --output_dir "$work/ct2-int8" --quantization int8
  [ -d "$work/ct2-fp32" ] || ct2-transformers-converter --model "$model" --output_dir "$work/ct2-fp32"
  for precision in fp32 int8; do
    [ -d "$work/$precision" ] || leyenda convert "$model" "$work/$precision" --precision "$precision"
  done
  if [ ! -d "$work/int8-shortlist" ]; then
    for side in 1 2; do gunzip -c "$LEYENDA_CORPUS/parallel/tatoeba-en-es.2018.tsv.gz" | head -20000 | cut -f $side >"$work/$side.txt"; done
    leyenda shortlist "$model" "$work/1.txt" "$work/2.txt" "$work/lex.bin"
    leyenda convert "$model" "$work/int8-shortlist" --shortlist "$work/lex.bin"
  fi
  [ -d "$work/tiny" ] || "$python" "$here/make_tiny.py" "$LEYENDA_CORPUS/marian/firefox-enes-tiny/vocab.esen.spm" "$work/tiny"
  [ -d "$work/tiny-int8" ] || leyenda convert "$work/tiny" "$work/tiny-int8"
  [ -d "$work/tiny-shortlist" ] ||
    leyenda convert "$work/tiny" "$work/tiny-shortlist" --shortlist "$LEYENDA_CORPUS/marian/firefox-enes-tiny/lex.50.50.enes.s2t.bin"
  if [ -n "${OPTIMUM:-}" ]; then
    [ -d "$work/transformers-js" ] || "$OPTIMUM" "$here/export_onnx.py" "$model" "$work/transformers-js"
    [ -d "$work/npm" ] || (mkdir "$work/npm" && cd "$work/npm" && echo '{}' >package.json && ONNXRUNTIME_NODE_INSTALL=skip npm install --silent @huggingface/transformers@4.3.1)
  fi
}

measure() {
  case "$1" in
    floor) node "$here/floor.mjs" "$work/fp32" "$captions" "$count" ;;
    int8) for beams in 1 4; do ours int8 "$beams" && peer ctranslate2-int8 ct2-int8 "$count" "$beams"; done ;;
    fp32) for beams in 1 4; do ours fp32 "$beams"; done ;;
    ctranslate2-fp32) for beams in 1 4; do peer ctranslate2-float32 ct2-fp32 "$slow" "$beams"; done ;;
    torch) peer torch opus-random "$slow" 1 && peer torch opus-random "$((slow / 4))" 4 ;;
    transformers.js) [ -z "${OPTIMUM:-}" ] || for type in q8 fp32; do transformers_js "$type"; done ;;
    shortlist) for beams in 1 4; do ours int8-shortlist "$beams"; done ;;
    tiny) for beams in 1 4; do ours tiny-int8 "$beams" && ours tiny-shortlist "$beams"; done ;;
    same-length) for beams in 1 4; do for lengths in mixed same; do ours int8 "$beams" "$lengths"; done; done ;;
    *) echo "there is no measurement $1" >&2 && return 1 ;;
  esac
}

[ "${1:-}" != make ] || { make_models && exit; }
if [ $# -eq 0 ]; then
  make_models
  set -- floor int8 fp32 ctranslate2-fp32 torch transformers.js shortlist tiny same-length
fi
for each in "$@"; do measure "$each"; done
