"""CLIP-Vision-Marian: CLIP's vision transformer, a projection, and a Marian decoder that attends to all of its tokens."""

from transformers import (
    CLIPVisionConfig,
    CLIPVisionModel,
    MarianConfig,
    MarianForCausalLM,
    MarianMTModel,
    VisionEncoderDecoderModel,
)


def build(encoder: dict, marian: str, clip: str | None = None, random_decoder: bool = False) -> VisionEncoderDecoderModel:
    """A captioner to be trained.

    encoder: sizes of the vision transformer, where `clip` names no checkpoint that it begins from
    marian: checkpoint of the translator whose decoder it begins from; with `random_decoder` only its shape is used
    """
    vision = CLIPVisionModel.from_pretrained(clip) if clip else CLIPVisionModel(CLIPVisionConfig(**encoder))
    config = MarianConfig.from_pretrained(marian)
    config.is_decoder, config.add_cross_attention, config.is_encoder_decoder = True, True, False
    decoder = MarianForCausalLM(config)
    if not random_decoder:
        translator = MarianMTModel.from_pretrained(marian)
        decoder.model.decoder.load_state_dict(translator.model.decoder.state_dict())
    decoder.lm_head.weight = decoder.model.decoder.embed_tokens.weight
    model = VisionEncoderDecoderModel(encoder=vision, decoder=decoder)
    pad, end = config.pad_token_id, config.eos_token_id
    model.config.decoder_start_token_id, model.config.pad_token_id, model.config.eos_token_id = pad, pad, end
    model.generation_config.update(
        decoder_start_token_id=pad,
        pad_token_id=pad,
        eos_token_id=end,
        forced_eos_token_id=end,
        bad_words_ids=[[pad]],
        num_beams=4,
        max_length=64,
        early_stopping=True,
    )
    return model
