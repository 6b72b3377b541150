import { datasetConfigSchema, type TranslationFlag } from "@leyenda/core";
import { describe, expect, it } from "vitest";

import { type Search, translateCaptions } from "./translate-captions.js";

const defaults = datasetConfigSchema.parse({
  name: "test",
  source: { path: "list.tsv" },
  select: { train: 1, validation: 1 },
  translate: { model: "model" },
}).translate;

/** Translates by a table: what the first search says, and what another one does. */
function translator(table: Record<string, readonly [first: string, second?: string]>): {
  translate: Parameters<typeof translateCaptions>[1]["translate"];
  calls: { captions: readonly string[]; search: Search }[];
} {
  const calls: { captions: readonly string[]; search: Search }[] = [];
  return {
    calls,
    translate: (captions, search) => {
      calls.push({ captions, search });
      return Promise.resolve(
        captions.map((caption) => ({
          text: table[caption]?.[search.beams === 4 ? 0 : 1] ?? "",
          score: -1,
          sourceTokens: 3,
          targetTokens: 3,
          truncated: false,
          unknown: 0,
          reachedMaxLength: false,
        })),
      );
    },
  };
}

function options(
  translate: ReturnType<typeof translator>["translate"],
  retried: readonly TranslationFlag[],
  what: "retry" | "quarantine" = "retry",
): Parameters<typeof translateCaptions>[1] {
  const policy = {
    ...defaults.policy,
    ...Object.fromEntries(retried.map((flag) => [flag, what])),
  };
  return {
    translate,
    search: { beams: 4, maxLength: 64 },
    flags: defaults.flags,
    policy,
    retry: { beams: 8 },
  };
}

describe("translateCaptions", () => {
  it("tries those again that the policy names, with the options of a retry, and keeps the better", async () => {
    const { translate, calls } = translator({
      "a dog": ["perro perro perro", "un perro"],
      "a cat": ["gato gato gato", "gatos gatos gatos"],
      "2 cars": ["coches", "dos coches"],
      "a house": ["una casa", "otra"],
    });
    const captions = ["a dog", "a cat", "2 cars", "a house"];
    const { translations, retried, bettered } = await translateCaptions(
      captions,
      options(translate, ["loop"]),
    );
    expect(calls.map(({ captions: given, search }) => [given, search])).toEqual([
      [captions, { beams: 4, maxLength: 64 }],
      [["a dog", "a cat"], { beams: 8, maxLength: 64 }],
    ]);
    expect({ retried, bettered }).toEqual({ retried: 2, bettered: 1 });
    expect([...translations].map(([caption, { text, flags }]) => [caption, text, flags])).toEqual([
      ["a dog", "un perro", []],
      // No better the second time: the first stands.
      ["a cat", "gato gato gato", ["loop"]],
      // Poor, but not by a sign that the policy names.
      ["2 cars", "coches", ["numbers"]],
      ["a house", "una casa", []],
    ]);
  });

  it("tries those again, too, that are left out if that does not help", async () => {
    const { translate, calls } = translator({ "a dog": ["perro perro perro", "un perro"] });
    const { translations } = await translateCaptions(["a dog"], options(translate, ["loop"], "quarantine"));
    expect(calls).toHaveLength(2);
    expect(translations.get("a dog")).toMatchObject({ text: "un perro", flags: [] });
  });

  it("keeps everything as it came when the policy says nothing", async () => {
    const { translate, calls } = translator({ "a dog": ["perro perro perro", "un perro"] });
    const { translations } = await translateCaptions(["a dog"], options(translate, []));
    expect(calls).toHaveLength(1);
    expect(translations.get("a dog")).toMatchObject({ text: "perro perro perro", flags: ["loop"] });
  });
});
