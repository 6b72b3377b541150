import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { LeyendaError } from "@leyenda/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makePickle } from "../../test/make-pickle.js";
import { makeZip, type ZipEntry } from "../../test/make-zip.js";
import { MarianTokenizer } from "../spm/marian-tokenizer.js";
import { readCheckpoint } from "./read-checkpoint.js";

const fixtures = fileURLToPath(new URL("../../../../tools/oracle/fixtures/marian-formats", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-malformed-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A fixture's folder, to be damaged. */
async function copy(name: string): Promise<string> {
  const to = await mkdtemp(join(folder, `${name}-`));
  await cp(join(fixtures, name), to, { recursive: true });
  return to;
}

const read = async (from: string): Promise<void> => {
  const { tokenizer, config } = await readCheckpoint(from, "marian");
  const loaded = new MarianTokenizer(tokenizer, from, config);
  loaded.encode("a black dog", 64);
  loaded.encodeTarget("a black dog", 64);
};

const files = [
  ["safetensors", "model.safetensors"],
  ["safetensors", "source.spm"],
  ["safetensors", "target.spm"],
  ["safetensors", "vocab.json"],
  ["safetensors", "config.json"],
  ["pytorch-fp32", "pytorch_model.bin"],
  ["pytorch-legacy", "pytorch_model.bin"],
  ["onnx-split", "encoder_model.onnx"],
  ["onnx-split", "decoder_model.onnx_data"],
  ["onnx-merged", "onnx/decoder_model_merged.onnx"],
  ["marian-npz", "model.npz"],
  ["ssru-npz", "model.npz"],
  ["marian-bin", "model.bin"],
  ["ssru-bin-intgemm8", "model.bin"],
  ["ssru-npz", "vocab.enes.spm"],
] as const;

describe("a damaged checkpoint is read, or refused with an error that says so:", () => {
  it.each(files)("%s/%s cut anywhere", async (name, file) => {
    const from = await copy(name);
    const whole = await readFile(join(from, file));
    // JSON is whole without the end of its last line.
    const last = file.endsWith(".json") ? whole.toString().trimEnd().length - 1 : whole.length - 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: last }), async (length) => {
        await writeFile(join(from, file), whole.subarray(0, length));
        await expect(read(from)).rejects.toBeInstanceOf(LeyendaError);
      }),
      { numRuns: 12, examples: [[0], [1], [8], [last]] },
    );
  });

  it.each(files)("%s/%s with bytes changed", async (name, file) => {
    const from = await copy(name);
    const whole = await readFile(join(from, file));
    const change = fc.tuple(
      // Most of what is not weights is at either end.
      fc.oneof(
        fc.nat(whole.length - 1),
        fc.nat(Math.min(whole.length, 2000) - 1),
        fc.nat(1000).map((back) => Math.max(0, whole.length - 1 - back)),
      ),
      fc.integer({ min: 0, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const damaged = Buffer.from(whole);
        for (const [at, byte] of changes) damaged[at] = byte;
        await writeFile(join(from, file), damaged);
        const error: unknown = await read(from).catch((each: unknown) => each);
        if (error !== undefined) expect(error).toBeInstanceOf(LeyendaError);
      }),
      { numRuns: 20 },
    );
  });

  it.each([48_695_170_970_984_104n, 0xffffffffffffffffn, 1n << 40n])(
    "a zip file whose directory is said to be at %d is refused",
    async (place) => {
      const from = await copy("pytorch-fp32");
      const whole = await readFile(join(from, "pytorch_model.bin"));
      // The end of the directory, with counts that send readers to the one of 64 bits, and what says where that is.
      const end = Buffer.from(whole.subarray(whole.lastIndexOf("PK\u0005\u0006", undefined, "latin1")));
      end.fill(0xff, 8, 20);
      const locator = Buffer.alloc(20);
      locator.write("PK\u0006\u0007", "latin1");
      locator.writeBigUInt64LE(place, 8);
      locator.writeUInt32LE(1, 16);
      await writeFile(
        join(from, "pytorch_model.bin"),
        Buffer.concat([whole.subarray(0, whole.length - end.length), locator, end]),
      );
      await expect(read(from)).rejects.toMatchObject({ code: "MODEL_INVALID" });
    },
  );

  it("weights that are no numbers are named", async () => {
    const from = await copy("safetensors");
    const bytes = await readFile(join(from, "model.safetensors"));
    bytes.writeUInt32LE(0x7fc00000, bytes.length - 4);
    await writeFile(join(from, "model.safetensors"), bytes);
    await expect(readCheckpoint(from, "marian")).rejects.toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("NaN") as string,
      where: expect.stringContaining("tensor ") as string,
    });
  });

  it("weights for one kind of processor only are refused by name", async () => {
    const from = await copy("ssru-bin-intgemm8");
    const bytes = await readFile(join(from, "model.bin"));
    // The type of the first parameter: after version and count, the second u64.
    bytes.writeBigUInt64LE(0x12001n, 24);
    await writeFile(join(from, "model.bin"), bytes);
    await expect(readCheckpoint(from, "marian")).rejects.toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringMatching(/parameter Wemb: .*intgemm8 for AVX2/) as string,
    });
  });
});

async function withWeights(bytes: Buffer): Promise<string> {
  const from = await mkdtemp(join(folder, "pytorch-"));
  for (const name of ["config.json", "generation_config.json", "source.spm", "target.spm", "vocab.json"])
    await copyFile(join(fixtures, "pytorch-fp32", name), join(from, name));
  await writeFile(join(from, "pytorch_model.bin"), bytes);
  return from;
}

describe("a hostile pytorch_model.bin is refused by what it tries:", () => {
  it.each([
    [
      "a call of the system",
      makePickle("cposix\nsystem\nX", [4, 0, 0, 0], "true", [0x85, 0x52], "."),
      /posix\.system/,
    ],
    [
      "a call by name from the stack",
      makePickle([0x8c, 2], "os", [0x8c, 6], "system", [0x93], "."),
      /os\.system/,
    ],
    ["eval", makePickle("c__builtin__\neval\n."), /__builtin__\.eval/],
    [
      "an attribute of what is allowed",
      makePickle("ctorch._utils\n_rebuild_tensor_v2.__globals__\n."),
      /__globals__/,
    ],
    ["an instance by INST", makePickle("(ios\nsystem\n."), /0x69 \("i"\)/],
    ["an instance by OBJ", makePickle("(ccollections\nOrderedDict\no."), /0x6f \("o"\)/],
    ["a new object", makePickle("ccollections\nOrderedDict\n)", [0x81], "."), /0x81/],
    ["an extension", makePickle([0x82, 1], "."), /0x82/],
    ["a call of what is no function", makePickle("K", [1], ")R."), /cannot be called/],
    ["an empty stack", makePickle("."), /empty stack/],
    ["a mark that is missing", makePickle("u."), /mark/],
    ["no end", makePickle("K", [1]), /truncated/],
    ["a storage that is none", makePickle("K", [1], "Q."), /no storage/],
    ["no state dict", makePickle("K", [1], "."), /no state dict/],
  ])("%s", async (_, data, message) => {
    const zipped = await withWeights(makeZip([{ name: "archive/data.pkl", data }]));
    await expect(readCheckpoint(zipped, "marian")).rejects.toMatchObject({
      code: "MODEL_INVALID",
      where: join(zipped, "pytorch_model.bin"),
      message: expect.stringMatching(message) as string,
    });
    await expect(readCheckpoint(await withWeights(data), "marian")).rejects.toMatchObject({
      code: "MODEL_INVALID",
    });
  });

  it.each<[string, ZipEntry[], RegExp]>([
    ["a bomb", [{ name: "archive/data.pkl", data: Buffer.alloc(64_000_000), deflate: true }], /would unpack/],
    [
      "more than it says",
      [{ name: "archive/data.pkl", data: Buffer.alloc(1000), deflate: true, lies: { uncompressed: 10 } }],
      /./,
    ],
    [
      "less than it says",
      [{ name: "archive/data.pkl", data: Buffer.alloc(1000), deflate: true, lies: { uncompressed: 2000 } }],
      /./,
    ],
    [
      "another checksum",
      [{ name: "archive/data.pkl", data: makePickle("}."), lies: { crc: 7 } }],
      /checksum/,
    ],
    [
      "two entries in one place",
      [
        { name: "archive/data.pkl", data: makePickle("}.") },
        { name: "archive/x", data: makePickle("}."), lies: { offset: 0 } },
      ],
      /overlaps/,
    ],
    [
      "a name twice",
      [
        { name: "archive/data.pkl", data: makePickle("}.") },
        { name: "archive/data.pkl", data: makePickle("}.") },
      ],
      /twice/,
    ],
    ["a way out of its folder", [{ name: "../data.pkl", data: makePickle("}.") }], /./],
    [
      "encryption",
      [{ name: "archive/data.pkl", data: Buffer.alloc(20), lies: { flags: 1, uncompressed: 8 } }],
      /encrypted/,
    ],
    ["no pickle", [{ name: "archive/version", data: Buffer.from("3") }], /data\.pkl/],
    [
      "other bytes first",
      [
        { name: "archive/data.pkl", data: makePickle("}.") },
        { name: "archive/byteorder", data: Buffer.from("big") },
      ],
      /big-endian/,
    ],
    ["no tensors", [{ name: "archive/data.pkl", data: makePickle("}.") }], /missing/],
  ])("a zip with %s", async (_, entries, message) => {
    const from = await withWeights(makeZip(entries));
    await expect(readCheckpoint(from, "marian")).rejects.toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringMatching(message) as string,
    });
  });

  it("a tensor larger than its storage", async () => {
    const whole = await readFile(join(fixtures, "pytorch-legacy/pytorch_model.bin"));
    // final_logits_bias is [1, 61]: BININT1 1, BININT1 61 in the pickle of its shape.
    const at = whole.indexOf(Buffer.from([0x4b, 1, 0x4b, 61]));
    expect(at).toBeGreaterThan(0);
    whole[at + 1] = 200;
    await expect(readCheckpoint(await withWeights(whole), "marian")).rejects.toMatchObject({
      message: expect.stringMatching(/tensor final_logits_bias .*does not fit in its storage/) as string,
    });
  });
});

describe("an ONNX export", () => {
  it("whose weights would lie outside its folder is refused", async () => {
    const from = await copy("onnx-split");
    const path = join(from, "decoder_model.onnx");
    const bytes = await readFile(path);
    const name = "decoder_model.onnx_data";
    for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + 1))
      bytes.write("../../passwd", at);
    await writeFile(path, bytes);
    await expect(readCheckpoint(from, "marian")).rejects.toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("outside the folder") as string,
    });
  });

  it("without its decoder names what is missing", async () => {
    const from = await copy("onnx-split");
    await rm(join(from, "decoder_model.onnx"));
    await expect(readCheckpoint(from, "marian")).rejects.toMatchObject({
      code: "MODEL_MISSING",
      where: from,
    });
  });
});

describe("a folder", () => {
  it("without weights, or with two that could be meant, says so", async () => {
    const none = await mkdtemp(join(folder, "none-"));
    await expect(readCheckpoint(none, "marian")).rejects.toMatchObject({
      code: "MODEL_MISSING",
      where: none,
    });
    await expect(readCheckpoint(join(none, "nowhere"), "marian")).rejects.toMatchObject({
      code: "MODEL_MISSING",
    });
    const two = await copy("marian-npz");
    await copyFile(join(two, "model.npz"), join(two, "other.npz"));
    await expect(readCheckpoint(two, "marian")).rejects.toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("model.npz and other.npz") as string,
    });
    const { format } = await readCheckpoint(join(two, "model.npz"), "marian");
    expect(format).toBe("marian-npz");
    expect(dirname(join(two, "model.npz"))).toBe(two);
  });
});
