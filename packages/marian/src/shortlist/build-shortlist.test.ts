import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { buildShortlist, type SentencePair } from "./build-shortlist.js";
import { learnShortlist } from "./learn-shortlist.js";
import { parseShortlist, readShortlist } from "./read-shortlist.js";

const model = fileURLToPath(new URL("../../../../datasets/sample/model", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-shortlist-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a shortlist that is learnt", () => {
  it("has a word's translation, though others stand beside it as often", () => {
    // 10 → 20, 11 → 21, 12 → 22; 13 stands beside all of them and means 23. 0 ends every sentence.
    const pairs: SentencePair[] = [10, 11, 12].flatMap((word): SentencePair[] =>
      Array.from({ length: 5 }, () => [
        [word, 13, 0],
        [23, word + 10, 0],
      ]),
    );
    pairs.push([[0], [0]], [[0], [0]], [[0], [0]]);
    const shortlist = parseShortlist(buildShortlist(pairs, { firstWords: 1, bestWords: 1 }), "made");
    // Filled with the next words to eight.
    const others = [0, 1, 2, 3, 4, 5, 6];
    expect([...shortlist.forSources([10], 50)]).toEqual([...others, 20]);
    expect([...shortlist.forSources([12], 50)]).toEqual([...others, 22]);
    expect([...shortlist.forSources([13], 50)]).toEqual([...others, 23]);
    expect([...shortlist.forSources([40], 50)]).toEqual([...others, 7]);
  });

  it("comes of two texts, line by line, and is the same each time", async () => {
    const [source, target] = [join(folder, "en.txt"), join(folder, "es.txt")];
    await writeFile(source, "a dog\na cat\nthe dog\n".repeat(20));
    await writeFile(target, "un perro\nun gato\nel perro\n".repeat(20));
    const out = join(folder, "lex.bin");
    expect(await learnShortlist({ tokenizer: model, source, target, out, firstWords: 1 })).toBe(60);
    expect((await readShortlist(out)).forSources([0], 8000).length).toBeGreaterThan(0);

    await writeFile(target, "un perro\n");
    await expect(learnShortlist({ tokenizer: model, source, target, out })).rejects.toMatchObject({
      code: "SOURCE_INVALID",
      where: target,
    });
    await expect(
      learnShortlist({ tokenizer: model, source: join(folder, "none"), target, out }),
    ).rejects.toMatchObject({ code: "SOURCE_MISSING" });
  });
});
