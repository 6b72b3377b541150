import { describe, expect, it } from "vitest";

import { captionRules, type CaptionOptions } from "./caption-rules.js";

const none: CaptionOptions = {
  minCharacters: 0,
  maxCharacters: 0,
  minWords: 0,
  maxWords: 0,
  boilerplate: false,
  patterns: [],
  languages: [],
};

async function judge(caption: string, options: Partial<CaptionOptions>): Promise<string | null> {
  const rules = await captionRules({ ...none, ...options });
  if (rules === null) throw new Error("there are no rules");
  return rules(caption);
}

describe("captionRules", () => {
  it("is null when nothing is asked", async () => {
    expect(await captionRules(none)).toBeNull();
  });

  it("counts characters, not UTF-16 units, and words between white space", async () => {
    expect(await judge("🐈🐈🐈", { minCharacters: 3 })).toBeNull();
    expect(await judge("🐈🐈 ", { minCharacters: 3 })).toBe("caption_short");
    expect(await judge("🐈🐈🐈", { maxCharacters: 2 })).toBe("caption_long");
    expect(await judge("  a  small\tdog ", { minWords: 3, maxWords: 3 })).toBeNull();
    expect(await judge("a dog", { minWords: 3 })).toBe("caption_short");
    expect(await judge("a very small dog", { maxWords: 3 })).toBe("caption_long");
  });

  it.each([
    "image",
    "Image 3",
    "Photo #12",
    "stock photo",
    "Royalty-free image",
    "image not available",
    "img_1234.jpg",
    "DSC_0042",
    "IMG 20190101 (2)",
    "WhatsApp Image 2019-01-02 at 10.20.30",
    "https://example.com/a b".replace(" ", "-"),
    "click to enlarge",
    "…",
    "12345",
    "",
  ])("calls %j boilerplate", async (caption) => {
    expect(await judge(caption, { boilerplate: true })).toBe("caption_boilerplate");
  });

  it.each([
    "an image of a dog",
    "photo of the old town at night",
    "a stock of photographs",
    "logo of a small company on a wall",
    "IMG_9692 a cook with a pink kite and a bear by the sea",
    "figure skating in Boston",
    "niño",
    "犬",
  ])("lets %j pass", async (caption) => {
    expect(await judge(caption, { boilerplate: true })).toBeNull();
  });

  it("drops what a pattern of the user's matches", async () => {
    expect(await judge("A dog | Shutterstock", { patterns: ["\\| shutterstock$"] })).toBe(
      "caption_boilerplate",
    );
    expect(await judge("a dog", { patterns: ["\\| shutterstock$"] })).toBeNull();
  });

  it("drops captions of other languages, and judges none of under four words", async () => {
    const languages = ["en"];
    expect(await judge("a red dog is jumping in a field at night", { languages })).toBeNull();
    expect(await judge("chat noir sur la table dans la cuisine", { languages })).toBe("caption_language");
    expect(await judge("Kate Winslet", { languages })).toBeNull();
    expect(await judge("chat noir sur la table dans la cuisine", { languages: ["en", "fr"] })).toBeNull();
  });
});
