import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { LeyendaError } from "@leyenda/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makePickle } from "../../test/make-pickle.js";
import { makeZip } from "../../test/make-zip.js";
import { convertCheckpoint } from "../convert-checkpoint.js";

const fixtures = fileURLToPath(new URL("../../../../tools/oracle/fixtures/marian-formats", import.meta.url));

type Fields = Record<string, unknown>;

interface Header {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-hostile-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(name: string): Promise<string> {
  const to = await mkdtemp(join(folder, `${name}-`));
  await cp(join(fixtures, name), to, { recursive: true });
  return to;
}

async function refusal(from: string): Promise<LeyendaError> {
  const error: unknown = await convertCheckpoint(from, join(from, "out"), { precision: "fp32" }).catch(
    (each: unknown) => each,
  );
  if (!(error instanceof LeyendaError)) expect.fail(`not refused as it should be: ${String(error)}`);
  expect(error.code).toBe("MODEL_INVALID");
  return error;
}

async function refusalWithFields(file: string, fields: Fields): Promise<LeyendaError> {
  const from = await copy("safetensors");
  const had = JSON.parse(await readFile(join(from, file), "utf8")) as Fields;
  await writeFile(join(from, file), JSON.stringify({ ...had, ...fields }));
  const error = await refusal(from);
  expect(error.where).toContain(join(from, file === "generation_config.json" ? "config.json" : file));
  return error;
}

describe("a configuration whose numbers make no model is refused before a graph is made of it:", () => {
  it.each<[string, Fields, RegExp]>([
    ["no heads", { encoder_attention_heads: 0 }, /0 attention heads of the encoder/],
    [
      "heads that do not divide the width",
      { decoder_attention_heads: 3 },
      /3 attention heads of the decoder/,
    ],
    ["no encoder", { encoder_layers: 0 }, /encoderLayers is 0/],
    ["no decoder", { decoder_layers: 0 }, /decoderLayers is 0/],
    ["no width", { d_model: 0 }, /width is 0/],
    ["no words", { vocab_size: 0, decoder_vocab_size: 0 }, /vocabularySize is 0/],
    ["no positions", { max_position_embeddings: 0 }, /maxPositions is 0/],
    ["more positions than memory", { max_position_embeddings: 1e8 }, /100000000 positions/],
    ["padding outside the vocabulary", { pad_token_id: 61 }, /padding token 61/],
    ["a start outside the vocabulary", { decoder_start_token_id: 999 }, /start token 999/],
    ["an end outside the vocabulary", { eos_token_id: 999 }, /end token 999/],
    ["embeddings that are shared but not tied", { tie_word_embeddings: false }, /not tied/],
    [
      "padding outside the sources' vocabulary",
      { share_encoder_decoder_embeddings: false, vocab_size: 20, decoder_vocab_size: 61 },
      /padding token/,
    ],
    ["another vocabulary for the decoder", { decoder_vocab_size: 30 }, /30 words of the decoder/],
    ["norms before", { normalize_before: true }, /./],
    ["another kind of model", { model_type: "t5" }, /marian/],
  ])("%s", async (_, fields, message) => {
    expect((await refusalWithFields("config.json", fields)).message).toMatch(message);
  });

  it.each<[string, Fields, RegExp]>([
    ["beams without number", { num_beams: 1e6 }, /1000000 beams/],
    ["a banned word outside the vocabulary", { bad_words_ids: [[999]] }, /banned word 999/],
    ["a banned run outside the vocabulary", { bad_words_ids: [[1, 61]] }, /banned word 61/],
    ["the end banned", { bad_words_ids: [[0]] }, /no translation could end/],
    ["a forced end outside the vocabulary", { forced_eos_token_id: 77 }, /forced end token 77/],
  ])("%s", async (_, fields, message) => {
    expect((await refusalWithFields("generation_config.json", fields)).message).toMatch(message);
  });

  it.each<[string, Fields, RegExp]>([
    ["a piece outside the vocabulary", { "▁a": 5000 }, /61 words/],
    ["a piece at the end of the world", { "▁a": 2 ** 52 }, /61 words/],
  ])("%s", async (_, fields, message) => {
    const error = await refusalWithFields("vocab.json", fields);
    expect(error.message).toMatch(message);
    expect(error.where).toContain("piece ▁a");
  });

  it("a vocabulary without </s>", async () => {
    const from = await copy("safetensors");
    await writeFile(join(from, "vocab.json"), JSON.stringify({ "<unk>": 1 }));
    expect((await refusal(from)).message).toContain("</s>");
  });
});

describe("safetensors whose header lies are refused, naming the tensor:", () => {
  const shared = "model.shared.weight";
  const tensor = (header: Record<string, Header>, name = shared): Header =>
    header[name] ?? expect.fail(`there is no ${name}`);

  it.each<[string, (header: Record<string, Header>, data: Buffer) => Buffer, RegExp]>([
    [
      "the same bytes a thousand times: 8 GB out of 8 MB",
      (header, data) => {
        const end = data.length + 8_000_000;
        for (let copies = 0; copies < 1000; copies += 1)
          header[`copy${copies}`] = { dtype: "F32", shape: [2_000_000], data_offsets: [data.length, end] };
        return Buffer.concat([data, Buffer.alloc(8_000_000)]);
      },
      /another tensor's/,
    ],
    [
      "a size beyond all numbers",
      (header, data) => {
        tensor(header).shape = [2 ** 40, 2 ** 40];
        return data;
      },
      /truncated/,
    ],
    [
      "integers for weights",
      (header, data) => {
        tensor(header).dtype = "I8";
        return data;
      },
      /I8/,
    ],
    [
      "an output that is not the embedding",
      (header, data) => {
        const { shape, data_offsets: place } = tensor(header);
        const bytes = place[1] - place[0];
        header["lm_head.weight"] = { dtype: "F32", shape, data_offsets: [data.length, data.length + bytes] };
        return Buffer.concat([data, Buffer.alloc(bytes)]);
      },
      /tied embeddings/,
    ],
  ])("%s", async (_, change, message) => {
    const from = await copy("safetensors");
    const path = join(from, "model.safetensors");
    const whole = await readFile(path);
    const size = Number(whole.readBigUInt64LE(0));
    const header = JSON.parse(whole.toString("utf8", 8, 8 + size)) as Record<string, Header>;
    const data = change(header, whole.subarray(8 + size));
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    await writeFile(path, Buffer.concat([length, text, data]));
    const error = await refusal(from);
    expect(error.message).toMatch(message);
    expect(error.where).toContain("tensor ");
  });
});

describe("a pytorch_model.bin is refused", () => {
  async function withPytorch(bytes: Buffer): Promise<string> {
    const from = await copy("pytorch-fp32");
    await writeFile(join(from, "pytorch_model.bin"), bytes);
    return from;
  }
  const string = (text: string): (string | number[])[] => [[0x8c, text.length], text];
  const number = (value: number): number[] => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return [0x4a, ...bytes];
  };

  it("that names one storage again and again: 8 GB out of 8 MB", async () => {
    const elements = 2_000_000;
    const persistent = [
      "(",
      ...string("storage"),
      "ctorch\nFloatStorage\n",
      ...string("0"),
      ...string("cpu"),
    ];
    const rebuilt = ["ctorch._utils\n_rebuild_tensor_v2\n", "(", ...persistent, number(elements), "tQ"];
    const view = [...rebuilt, number(0), number(elements), [0x85], number(1), [0x85], [0x89], "}", "tR"];
    const items = Array.from({ length: 1000 }, (_, index) => [...string(`t${index}`), ...view]).flat();
    const from = await withPytorch(
      makeZip([
        { name: "archive/data.pkl", data: makePickle("}(", ...items, "u.") },
        { name: "archive/data/0", data: Buffer.alloc(4 * elements) },
      ]),
    );
    expect((await refusal(from)).message).toContain("times the size of the file");
  });

  it("that holds itself", async () => {
    // d = {}; d["model"] = d
    const itself = makePickle("}", [0x71, 0], ...string("model"), [0x68, 0], "s.");
    const from = await withPytorch(makeZip([{ name: "archive/data.pkl", data: itself }]));
    expect((await refusal(from)).message).toContain("holds itself");
  });
});

describe("a .npz is refused with", () => {
  const array = (header: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(header.length);
    return Buffer.concat([Buffer.from("\u0093NUMPY\u0001\0", "latin1"), length, Buffer.from(header), data]);
  };
  const floats = (shape: string): string => `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;

  it.each<[string, Buffer, RegExp]>([
    [
      "a bomb",
      makeZip([{ name: "Wemb.npy", data: Buffer.alloc(64_000_000), deflate: true }]),
      /would unpack/,
    ],
    ["no array", makeZip([{ name: "Wemb.npy", data: Buffer.from("hello, world!") }]), /numpy/],
    [
      "a shape beyond all numbers",
      makeZip([{ name: "Wemb.npy", data: array(floats("99999999999, 99999999999"), Buffer.alloc(4)) }]),
      /promised/,
    ],
    [
      "objects, which only Python could read",
      makeZip([
        {
          name: "Wemb.npy",
          data: array("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", makePickle("N.")),
        },
      ]),
      /type \|O/,
    ],
    [
      "columns first",
      makeZip([
        {
          name: "Wemb.npy",
          data: array("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", Buffer.alloc(4)),
        },
      ]),
      /Fortran/,
    ],
    ["no options", makeZip([{ name: "Wemb.npy", data: array(floats("1,"), Buffer.alloc(4)) }]), /model\.yml/],
  ])("%s", async (_, bytes, message) => {
    const from = await copy("marian-npz");
    await writeFile(join(from, "model.npz"), bytes);
    expect((await refusal(from)).message).toMatch(message);
  });
});

describe("a Marian .bin is refused with", () => {
  it.each<[string, number, bigint, RegExp]>([
    ["another version", 0, 7n, /version 1/],
    ["more items than bytes", 8, 2n ** 60n, /truncated/],
    ["a name as long as the world", 16, 2n ** 62n, /truncated in the names/],
    ["a type of the future", 24, 0x9999n, /type 0x9999/],
    ["sides without end", 32, 2n ** 50n, /truncated in the shape/],
    ["data as long as the world", 40, 2n ** 62n, /truncated/],
  ])("%s", async (_, at, value, message) => {
    const from = await copy("marian-bin");
    const bytes = await readFile(join(from, "model.bin"));
    bytes.writeBigUInt64LE(value, at);
    await writeFile(join(from, "model.bin"), bytes);
    expect((await refusal(from)).message).toMatch(message);
  });
});
