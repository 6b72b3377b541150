#!/usr/bin/env bash
# Makes what is missing of tools/oracle/generated/marian (git-ignored), and compares our ids with it, all rows: "N of N rows equal" for each.
#   small    the trained checkpoint of the corpus: greedy, 4 and 6 beams with each kind of early stopping, 1,000 captions
#   full     a random model of opus-mt-en-es's size, the same searches, of at most 16 tokens; with beams the first BEAM_ROWS
#   formats  the trained weights in every file format, 1,000 captions greedy and with 4 beams
#   int8     what of small and full, as far as it is there, says the same in int8
# Usage: LEYENDA_CORPUS=… [PYTHON=…] [OPTIMUM=…] [ROWS=1000] [BEAM_ROWS=1000] [SEARCHES="greedy beam4-true …"] marian-parity.sh [small|full|formats|int8]...
# PYTHON has requirements-marian.txt; OPTIMUM, if given, what marian_onnx_export.py asks for.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
python="${PYTHON:-python3}"
captions="$LEYENDA_CORPUS/web/cc3m-validation.caption-url.tsv"
out="$here/generated/marian"
[ $# -gt 0 ] || set -- small full formats
folders=()
int8=
for name in "$@"; do
  [ "$name" != int8 ] || { int8=yes && continue; }
  folder="$out/$name"
  mkdir -p "$folder"
  case "$name" in
    small)
      [ -e "$folder/checkpoint" ] || ln -s "$LEYENDA_CORPUS/marian/sample-en-es" "$folder/checkpoint"
      "$python" "$here/marian_parity.py" "$folder/checkpoint" "$captions" "$folder" --rows "${ROWS:-1000}" ;;
    full)
      [ -e "$folder/checkpoint/config.json" ] ||
        "$python" "$here/../bench/translate/make_model.py" "$LEYENDA_CORPUS/marian/opus-mt-en-mg" "$captions" "$folder/checkpoint"
      "$python" "$here/marian_parity.py" "$folder/checkpoint" "$captions" "$folder" --rows "${ROWS:-1000}" --beam-rows "${BEAM_ROWS:-1000}" --max-length 16 ${SEARCHES:+--searches $SEARCHES} ;;
    formats)
      [ -e "$folder/expected.json" ] || "$python" "$here/marian_formats.py" sample "$LEYENDA_CORPUS/marian/sample-en-es" "$folder"
      [ -z "${OPTIMUM:-}" ] || [ -d "$folder/onnx-split" ] || "$OPTIMUM" "$here/marian_onnx_export.py" "$folder/safetensors" "$folder" ;;
  esac
  folders+=("$folder")
done
[ "${#folders[@]}" -eq 0 ] || node "$here/marian-parity.mjs" "${folders[@]}"
if [ -n "$int8" ]; then
  recorded=()
  for name in small full; do [ ! -e "$out/$name/options.json" ] || recorded+=("$out/$name"); done
  node "$here/marian-parity.mjs" --int8 "${recorded[@]}"
fi
