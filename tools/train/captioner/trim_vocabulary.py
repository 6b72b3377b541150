"""Leaves a translator only the pieces that a dataset's Spanish captions are made of, which makes a small captioner much smaller.

    python trim_vocabulary.py CHECKPOINT DATASET OUT

CHECKPOINT: a Hugging Face folder of a Marian model with one vocabulary for both languages. Captions are cut into the same pieces as before:
what is taken away was in none of them. Single characters stay, so that other words can still be written.
"""

import json
import sys
from pathlib import Path

import datasets
import torch
from sentencepiece import sentencepiece_model_pb2
from transformers import MarianConfig, MarianMTModel, MarianTokenizer


def main(checkpoint: Path, dataset: str, out: Path) -> None:
    tokenizer = MarianTokenizer.from_pretrained(checkpoint)
    captions = [caption for split in datasets.load_dataset(dataset).values() for caption in split["caption_es"]]
    used = {piece for caption in captions for piece in tokenizer.convert_ids_to_tokens(tokenizer(text_target=caption)["input_ids"])}
    special = {tokenizer.eos_token, tokenizer.unk_token, tokenizer.pad_token}

    def stays(piece: str) -> bool:
        return piece in used or piece in special or len(piece.removeprefix("▁")) <= 1

    out.mkdir(parents=True, exist_ok=True)
    for name in ("source.spm", "target.spm"):
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString((checkpoint / name).read_bytes())
        plain = model.SentencePiece.Type.Value("NORMAL")
        kept = [piece for piece in model.pieces if piece.type != plain or stays(piece.piece)]
        del model.pieces[:]
        model.pieces.extend(kept)
        model.trainer_spec.vocab_size = len(kept)
        (out / name).write_bytes(model.SerializeToString())

    old = json.loads((checkpoint / "vocab.json").read_text())
    rows = [index for piece, index in sorted(old.items(), key=lambda item: item[1]) if stays(piece)]
    pieces = {index: piece for piece, index in old.items()}
    new = {pieces[index]: place for place, index in enumerate(rows)}
    (out / "vocab.json").write_text(json.dumps(new, ensure_ascii=False))
    (out / "tokenizer_config.json").write_text((checkpoint / "tokenizer_config.json").read_text())

    whole = MarianMTModel.from_pretrained(checkpoint)
    ids = {name: new[pieces[getattr(whole.config, name)]] for name in ("pad_token_id", "eos_token_id", "decoder_start_token_id")}
    config = MarianConfig.from_pretrained(checkpoint)
    config.update({**ids, "vocab_size": len(rows), "decoder_vocab_size": len(rows)})
    small = MarianMTModel(config)
    chosen = torch.tensor(rows)
    vocabulary = whole.config.vocab_size
    state = {
        name: value[chosen] if value.ndim == 2 and value.shape[0] == vocabulary else value[:, chosen] if name == "final_logits_bias" else value
        for name, value in whole.state_dict().items()
    }
    small.load_state_dict(state)
    small.save_pretrained(out)
    cut = MarianTokenizer.from_pretrained(out)
    for caption in captions:
        before = tokenizer.convert_ids_to_tokens(tokenizer(text_target=caption)["input_ids"])
        assert cut.convert_ids_to_tokens(cut(text_target=caption)["input_ids"]) == before, caption
    print(f"{len(rows)} of {len(old)} pieces")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
