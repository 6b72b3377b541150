"""Exports a checkpoint as transformers.js wants it: onnx/{encoder_model,decoder_model_merged}.onnx, and `_quantized` beside them as its own
conversion script makes them (int8 weights, a scale for each tensor, activations quantised as they come).

    python export_onnx.py CHECKPOINT OUT_FOLDER
"""

import json
import shutil
import sys
from pathlib import Path

from onnxruntime.quantization import QuantType, quantize_dynamic
from optimum.exporters.onnx import main_export


def main(checkpoint: Path, out: Path) -> None:
    main_export(str(checkpoint), out / "export", task="text2text-generation-with-past", opset=17)
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    for name in ["encoder_model", "decoder_model_merged"]:
        shutil.move(out / "export" / f"{name}.onnx", out / "onnx" / f"{name}.onnx")
        quantize_dynamic(
            out / "onnx" / f"{name}.onnx", out / "onnx" / f"{name}_quantized.onnx", weight_type=QuantType.QInt8,
            extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True},
        )
    shutil.rmtree(out / "export")
    for name in ["config.json", "generation_config.json"]:
        shutil.copyfile(checkpoint / name, out / name)
    # The benchmark gives the ids of ours: transformers.js wants a tokenizer.json, which such checkpoints do not have.
    (out / "tokenizer_config.json").write_text(json.dumps({}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
