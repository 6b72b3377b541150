"""A CLIP-Vision-Marian model of full size with random weights, as PyTorch holds it: CLIP ViT-B/32 and opus-mt-en-es's decoder, 600 MB.

    python make_model.py OUT_FOLDER

Needs tools/oracle/requirements-marian.txt.
"""

import sys

import torch
from transformers import CLIPVisionConfig, CLIPVisionModel, MarianConfig, MarianForCausalLM, VisionEncoderDecoderModel

WORDS = 65001


def main(out: str) -> None:
    torch.manual_seed(0)
    vision = CLIPVisionConfig()
    marian = MarianConfig(vocab_size=WORDS, d_model=512, decoder_layers=6, encoder_layers=6, decoder_attention_heads=8, encoder_attention_heads=8,
                          decoder_ffn_dim=2048, encoder_ffn_dim=2048, max_position_embeddings=512, activation_function="swish", scale_embedding=True,
                          static_position_embeddings=True, pad_token_id=WORDS - 1, eos_token_id=0, bos_token_id=0, decoder_start_token_id=WORDS - 1,
                          forced_eos_token_id=0, is_decoder=True, add_cross_attention=True)
    model = VisionEncoderDecoderModel(encoder=CLIPVisionModel(vision), decoder=MarianForCausalLM(marian)).eval()
    model.decoder.lm_head.weight = model.decoder.model.decoder.embed_tokens.weight
    pad, end = marian.pad_token_id, marian.eos_token_id
    model.generation_config.update(decoder_start_token_id=pad, pad_token_id=pad, eos_token_id=end, forced_eos_token_id=end,
                                   bad_words_ids=[[pad]], renormalize_logits=True)
    model.config.decoder_start_token_id, model.config.pad_token_id, model.config.eos_token_id = pad, pad, end
    model.save_pretrained(out)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.0f} million parameters")


if __name__ == "__main__":
    main(sys.argv[1])
