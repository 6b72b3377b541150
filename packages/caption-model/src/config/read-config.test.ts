import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readConfig } from "./read-config.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-config-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(content: unknown): Promise<string> {
  const path = join(folder, "config.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** The form in which Hugging Face writes the published model, with some of the many keys that have no bearing on it. */
const published = {
  architectures: ["CLIPVisionMarianForConditionalGeneration"],
  clip_vision_config: {
    _name_or_path: "",
    add_cross_attention: false,
    attention_dropout: 0.0,
    bad_words_ids: null,
    dropout: 0.0,
    hidden_act: "quick_gelu",
    hidden_size: 768,
    id2label: { "0": "LABEL_0", "1": "LABEL_1" },
    image_size: 224,
    initializer_factor: 1.0,
    intermediate_size: 3072,
    layer_norm_eps: 1e-5,
    model_type: "clip_vision_model",
    num_attention_heads: 12,
    num_hidden_layers: 12,
    patch_size: 32,
    transformers_version: "4.9.0.dev0",
  },
  is_encoder_decoder: true,
  marian_config: {
    _num_labels: 3,
    activation_dropout: 0.0,
    activation_function: "swish",
    add_bias_logits: false,
    add_final_layer_norm: false,
    attention_dropout: 0.0,
    bad_words_ids: [[65000]],
    bos_token_id: 0,
    d_model: 512,
    decoder_attention_heads: 8,
    decoder_ffn_dim: 2048,
    decoder_layers: 6,
    decoder_start_token_id: 65000,
    dropout: 0.1,
    encoder_layers: 6,
    eos_token_id: 0,
    forced_eos_token_id: 0,
    max_length: 512,
    max_position_embeddings: 512,
    model_type: "marian",
    normalize_before: false,
    normalize_embedding: false,
    num_beams: 6,
    pad_token_id: 65000,
    scale_embedding: true,
    static_position_embeddings: true,
    tie_word_embeddings: true,
    vocab_size: 65001,
  },
  model_type: "clip-vision-marian",
  transformers_version: null,
};

const withMarian = (fields: object): object => ({
  ...published,
  marian_config: { ...published.marian_config, ...fields },
});
const withClip = (fields: object): object => ({
  ...published,
  clip_vision_config: { ...published.clip_vision_config, ...fields },
});

describe("a config as published", () => {
  it("is read, and keys the model does not use fall away", async () => {
    const config = await readConfig(await fileWith(published));
    expect(config.clip_vision_config).toMatchObject({ hidden_size: 768, image_size: 224, patch_size: 32 });
    expect(config.marian_config).toMatchObject({ d_model: 512, decoder_layers: 6, pad_token_id: 65000 });
    expect(config.marian_config).not.toHaveProperty("num_beams");
  });

  it("may leave fields out: they are CLIP ViT-B/32's and opus-mt-en-es's", async () => {
    const short = await readConfig(await fileWith({ clip_vision_config: {}, marian_config: {} }));
    expect(short).toEqual(await readConfig(await fileWith(published)));
  });

  it("may describe a smaller model", async () => {
    const tiny = {
      clip_vision_config: { hidden_size: 32, num_attention_heads: 4, image_size: 30, patch_size: 15 },
      marian_config: {
        d_model: 16,
        decoder_attention_heads: 2,
        vocab_size: 99,
        decoder_vocab_size: 99,
        pad_token_id: 98,
        decoder_start_token_id: 98,
        forced_eos_token_id: null,
        tie_word_embeddings: false,
        scale_embedding: false,
      },
    };
    expect(await readConfig(await fileWith(tiny))).toMatchObject(tiny);
  });
});

describe("refused, with file, field, what was expected and what came", () => {
  it.each([
    ["clip_vision_config.hidden_act", withClip({ hidden_act: "gelu" }), '"quick_gelu"', '"gelu"'],
    ["clip_vision_config.hidden_size", withClip({ hidden_size: "768" }), "expected number", '"768"'],
    ["clip_vision_config.num_attention_heads", withClip({ num_attention_heads: 7 }), "(768)", "it is 7"],
    ["clip_vision_config.num_channels", withClip({ num_channels: 4 }), "only 3", "it is 4"],
    ["clip_vision_config.image_size", withClip({ image_size: 0 }), ">0", "it is 0"],
    ["clip_vision_config.patch_size", withClip({ patch_size: 225 }), "at most image_size (224)", "225"],
    ["clip_vision_config.model_type", withClip({ model_type: "vit" }), '"clip_vision_model"', '"vit"'],
    ["marian_config.activation_function", withMarian({ activation_function: "relu" }), '"swish"', '"relu"'],
    ["marian_config.normalize_before", withMarian({ normalize_before: true }), "only false", "it is true"],
    ["marian_config.normalize_embedding", withMarian({ normalize_embedding: true }), "only false", "true"],
    ["marian_config.add_final_layer_norm", withMarian({ add_final_layer_norm: true }), "only false", "true"],
    ["marian_config.add_bias_logits", withMarian({ add_bias_logits: true }), "only false", "true"],
    [
      "marian_config.static_position_embeddings",
      withMarian({ static_position_embeddings: false }),
      "only true",
      "it is false",
    ],
    ["marian_config.decoder_layers", withMarian({ decoder_layers: 1.5 }), "expected int", "it is 1.5"],
    ["marian_config.d_model", withMarian({ d_model: null }), "expected number", "it is null"],
    ["marian_config.decoder_attention_heads", withMarian({ decoder_attention_heads: 3 }), "(512)", "it is 3"],
    ["marian_config.decoder_vocab_size", withMarian({ decoder_vocab_size: 9 }), "vocab_size (65001)", "9"],
    ["marian_config.pad_token_id", withMarian({ pad_token_id: 65001 }), "below vocab_size", "65001"],
    ["model_type", { ...published, model_type: "hybrid-clip" }, '"clip-vision-marian"', '"hybrid-clip"'],
    ["marian_config", { ...published, marian_config: undefined }, "expected object", "it is not in the file"],
    ["(the whole file)", [], "expected object", "it is []"],
  ])("%s", async (field, content, wanted, came) => {
    const path = await fileWith(content);
    const error: unknown = await readConfig(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "MODEL_INVALID", where: path });
    const line = (error as Error).message.split("\n").find((text) => text.startsWith(`  ${field}:`));
    expect(line).toContain(wanted);
    expect(line).toContain(came);
  });

  it("every wrong field at once", async () => {
    const path = await fileWith({ ...withMarian({ d_model: "x", normalize_before: true }), model_type: 3 });
    await expect(readConfig(path)).rejects.toThrow("3 wrong field(s)");
  });

  it("a file that is not JSON", async () => {
    const path = await fileWith('{ "marian_config": ');
    await expect(readConfig(path)).rejects.toMatchObject({ code: "MODEL_INVALID", where: path });
  });

  it("a file that is not there", async () => {
    const path = join(folder, "nothing.json");
    await expect(readConfig(path)).rejects.toMatchObject({ code: "MODEL_MISSING", where: path });
  });
});
