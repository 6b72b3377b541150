"""Makes what transformers.js captions with: a model of the size of CLIP-Vision-Marian of kinds that its image-to-text knows, ViT-B/32 and a
GPT-2 decoder of opus-mt-en-es's shape with cross-attention, random weights; as ONNX, and `_quantized` beside it as its own conversion
script makes them (int8 weights, activations quantised as they come).

    python export_peer.py OUT_FOLDER

Needs tools/bench/translate/requirements-onnx.txt.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from optimum.exporters.onnx import main_export
from transformers import GPT2Config, GPT2LMHeadModel, VisionEncoderDecoderModel, ViTConfig, ViTModel

WORDS = 65001


def main(out: Path) -> None:
    torch.manual_seed(0)
    encoder = ViTModel(ViTConfig(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072,
                                 image_size=224, patch_size=32), add_pooling_layer=False)
    decoder = GPT2LMHeadModel(GPT2Config(vocab_size=WORDS, n_positions=512, n_embd=512, n_layer=6, n_head=8, n_inner=2048,
                                         activation_function="silu", add_cross_attention=True, is_decoder=True,
                                         bos_token_id=WORDS - 1, eos_token_id=0))
    model = VisionEncoderDecoderModel(encoder=encoder, decoder=decoder).eval()
    for each in (model.config, model.generation_config):
        each.decoder_start_token_id, each.pad_token_id, each.eos_token_id = WORDS - 1, WORDS - 1, 0
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.0f} million parameters", file=sys.stderr)
    checkpoint = out / "checkpoint"
    model.save_pretrained(checkpoint)
    main_export(str(checkpoint), out / "export", task="image-to-text-with-past", opset=17)
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    for name in ["encoder_model", "decoder_model_merged"]:
        shutil.move(out / "export" / f"{name}.onnx", out / "onnx" / f"{name}.onnx")
        quantize_dynamic(
            out / "onnx" / f"{name}.onnx", out / "onnx" / f"{name}_quantized.onnx", weight_type=QuantType.QInt8,
            extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True},
        )
    for name in ["config.json", "generation_config.json"]:
        shutil.copyfile(checkpoint / name, out / name)
    shutil.rmtree(out / "export")
    shutil.rmtree(checkpoint)
    (out / "tokenizer_config.json").write_text(json.dumps({}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
