"""Exports a Hugging Face Marian folder to ONNX with optimum, in the layouts that are met on the hub.

    python -m venv .venv-optimum && .venv-optimum/bin/pip install torch==2.13.0 optimum-onnx[onnxruntime]==0.1.0 transformers==4.57.6 sentencepiece==0.2.3
    .venv-optimum/bin/python tools/oracle/marian_onnx_export.py OUT/safetensors OUT

`onnx-split`: encoder and decoder side by side, as optimum leaves them, the decoder's weights in a file beside it; `onnx-merged`: in a
folder `onnx/` with the merged decoder, as transformers.js wants them.
"""
import glob
import os
import shutil
import sys
import tempfile

import onnx
from optimum.exporters.onnx import main_export

source, out = sys.argv[1:]
beside = [name for name in os.listdir(source) if not name.endswith(".safetensors")]
with tempfile.TemporaryDirectory() as made:
    main_export(source, made, task="text2text-generation-with-past", do_validation=False, device="cpu")
    print(sorted(os.listdir(made)))
    for name, graphs in {
        "onnx-split": ["encoder_model.onnx", "decoder_model.onnx"],
        "onnx-merged": ["encoder_model.onnx", "decoder_model_merged.onnx"],
    }.items():
        folder = os.path.join(out, name)
        shutil.rmtree(folder, ignore_errors=True)
        inner = os.path.join(folder, "onnx") if name == "onnx-merged" else folder
        os.makedirs(inner)
        for file in beside:
            shutil.copy(os.path.join(source, file), folder)
        for graph in graphs:
            if graph == "decoder_model.onnx":
                model = onnx.load(os.path.join(made, graph))
                onnx.save_model(model, os.path.join(inner, graph), save_as_external_data=True, location=graph + "_data", size_threshold=256)
            else:
                shutil.copy(os.path.join(made, graph), inner)
