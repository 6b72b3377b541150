"""Records how the C++ SentencePiece library splits texts, for packages/marian/src/spm/marian-tokenizer.test.ts.

    pip install sentencepiece==0.2.3
    python tools/oracle/sentencepiece_pieces.py [CORPUS] > tools/oracle/fixtures/sentencepiece/pieces.json

The texts are written here; of the models only the sample's own is in the repository, the others are named by their place in the
corpus and are checked where there is one.
"""
import json
import os
import sys

import sentencepiece

TEXTS = [
    "", " ", "   ", "a", "a black dog on the beach", "  two   spaces  ", "A Black DOG", "ALL CAPS CAPTION - STOCK PHOTO",
    "tab\there", "new\nline", "café à la carte", "cafe\u0301 decomposed", "ＦＵＬＬ ｗｉｄｔｈ １２３", "ﬁnancial oﬃce", "½ cup, 3.5 kg, 1,000 m²",
    "“quoted” ‘text’ — dash – en… ellipsis", "price: $5 €7 £9 ¥11", "email@example.com http://a.example/b?c=d&e=f", "#hashtag @user",
    "犬と猫", "東京 tower at night", "Привет мир", "كلب أسود", "שלום", "हिन्दी", "한국어 사진", "👩‍👩‍👧‍👦🎉 party 🐶", "😀😀😀", "zero\u200bwidth\u200djoiner\ufeff",
    "soft\u00adhyphen", "non\u00a0breaking\u202fspace\u3000wide", "control\u0007bell\u001besc", "▁underscore▁", "_____", "!!!???...", "a" * 300,
    "x y z " * 50, "IMG_1234.JPG", "20190123_101112", "it's the dog's ball, isn't it?", "don’t", "&amp; &lt;b&gt;", "<unk> </s> <pad>", "Ⅷ ① ㎏ ℃ ™ ®",
    "Ångström Åse ÑANDÚ ñ", "İstanbul ı", "straße", "ǆ ﷺ", "a\u0301\u0301\u0301", "\U00010348 \U0001F1EA\U0001F1F8",
]


def main() -> None:
    corpus = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("LEYENDA_CORPUS")
    repository = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    places = [("repository", repository, "datasets/sample/model/source.spm")]
    if corpus:
        places += [("corpus", corpus, f"marian/opus-mt-en-mg/{name}.spm") for name in ("source", "target")]
        places += [("corpus", corpus, "marian/firefox-enes-tiny/vocab.esen.spm")]
    places += [("repository", repository, f"tools/oracle/fixtures/sentencepiece/{name}.spm") for name in ("bpe", "bpe-bytes", "unigram-bytes")]
    models = []
    for root, folder, path in places:
        processor = sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, path))
        cases = [{"text": text, "pieces": processor.encode(text, out_type=str)} for text in TEXTS]
        models.append({"path": f"{root}:{path}", "cases": cases})
    json.dump({"sentencepiece": sentencepiece.__version__, "models": models}, sys.stdout, ensure_ascii=True, indent=1)
    print()


if __name__ == "__main__":
    main()
