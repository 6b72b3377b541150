import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { flagTranslation } from "./flag-translation.js";
import { isCopied } from "./is-copied.js";
import { isLoop } from "./is-loop.js";
import { isOddLength } from "./is-odd-length.js";
import { longestRun } from "./longest-run.js";
import { lostNames } from "./lost-names.js";
import { lostNumbers } from "./lost-numbers.js";

const thresholds = { minLengthRatio: 0.5, maxLengthRatio: 2.5, lengthFrom: 20, loopRepeats: 3 };
const clean = { truncated: false, reachedMaxLength: false, unknown: 0, sourceTokens: 9 };

describe("isCopied", () => {
  it.each([
    ["a black dog on the beach", "a black dog on the beach"],
    ["A black dog on the beach!", "a black dog on the beach"],
    ["a black dog on the beach at night", "a black dog on the beach at noche"],
    ["The Lord of the Rings", "The Lord of the Rings"],
  ])("sees that %j was not translated: %j", (source, target) => {
    expect(isCopied(source, target)).toBe(true);
  });

  it.each([
    ["a black dog on the beach", "un perro negro en la playa"],
    ["Taylor Swift", "Taylor Swift"],
    ["hotel", "hotel"],
    ["BMW X5 2019", "BMW X5 2019"],
    ["", ""],
    ["a black dog", ""],
  ])("takes %j for translated: %j", (source, target) => {
    expect(isCopied(source, target)).toBe(false);
  });
});

describe("longestRun", () => {
  it("is how often a phrase was put in a row, whatever stands around it", () => {
    const word = fc.constantFrom("a", "b", "c");
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 2, max: 6 }),
        fc.array(word, { maxLength: 5 }),
        (phrase, times, around) => {
          const words = [...around, ...Array.from({ length: times }, () => phrase).flat(), ...around];
          const run = longestRun(words);
          expect(run).toBeGreaterThanOrEqual(times);
          expect(run).toBe(slowLongestRun(words));
        },
      ),
    );
  });

  it("is 1 where all words differ, and 0 where there are none", () => {
    expect(longestRun(["a", "b", "c", "d"])).toBe(1);
    expect(longestRun([])).toBe(0);
  });
});

/** By its definition. */
function slowLongestRun(words: readonly string[]): number {
  let longest = 0;
  for (let start = 0; start < words.length; start++) {
    for (let size = 1; size <= 8 && start + size <= words.length; size++) {
      const phrase = words.slice(start, start + size).join(" ");
      let times = 1;
      while (
        start + (times + 1) * size <= words.length &&
        words.slice(start + times * size, start + (times + 1) * size).join(" ") === phrase
      )
        times += 1;
      longest = Math.max(longest, times);
    }
  }
  return longest;
}

describe("isLoop", () => {
  it.each([
    ["a dog", "un perro perro perro"],
    ["a dog in the park", "un perro en el parque, en el parque, en el parque"],
    ["laughing", "jajajajajajajajaja"],
    ["a line", "____________________"],
  ])("sees a translation of %j that is stuck: %j", (source, target) => {
    expect(isLoop(source, target, 3)).toBe(true);
  });

  it.each([
    ["a dog", "un perro"],
    ["no no no said the cat", "no no no dijo el gato"],
    ["very, very good", "muy muy bueno"],
    ["-------------------- dog", "-------------------- perro"],
  ])("lets a translation of %j be: %j", (source, target) => {
    expect(isLoop(source, target, 3)).toBe(false);
  });
});

describe("isOddLength", () => {
  it("looks at longer texts only, and counts characters as people do", () => {
    expect(isOddLength("a black dog running on the beach", "perro", thresholds)).toBe(true);
    expect(isOddLength("a dog", "un perro negro que corre por la playa", thresholds)).toBe(true);
    expect(isOddLength("a dog", "un perro", thresholds)).toBe(false);
    expect(isOddLength("no", "perros!", thresholds)).toBe(false);
    expect(isOddLength("🎉".repeat(20), "🎉".repeat(20), thresholds)).toBe(false);
  });
});

describe("lostNumbers", () => {
  it.each([
    ["3 dogs in 2019", "tres perros", ["2019"]],
    ["1,000 people and 25 dogs", "1.000 personas y 52 perros", ["25"]],
    ["route 66", "la ruta", ["66"]],
  ])("names what is missing of %j in %j", (source, target, lost) => {
    expect(lostNumbers(source, target)).toEqual(lost);
  });

  it.each([
    ["1,000 people, 1.5 km", "1.000 personas, 1,5 km"],
    ["10000 people", "10 000 personas".replace(" ", "\u00a0")],
    ["2 dogs and 1 cat", "dos perros y un gato"],
    ["the 1st of May", "el primero de mayo"],
    ["12/25/2019", "25/12/2019"],
    ["sizes 8,9,10", "tallas 8, 9 y 10"],
    ["no numbers", "sin números"],
  ])("finds all of %j in %j", (source, target) => {
    expect(lostNumbers(source, target)).toEqual([]);
  });

  it("loses no number of a text that stands as it is, however it is written", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat()), (text, numbers) => {
        const source = `${text} ${numbers.join(", ")}`;
        expect(lostNumbers(source, source)).toEqual([]);
      }),
    );
  });
});

describe("lostNames", () => {
  it.each([
    ["a photo of Madonna on stage", "una foto en el escenario", ["Madonna"]],
    ["the dog of John Smith in Chicago", "el perro en Chicago", ["John Smith"]],
  ])("names what is missing of %j in %j", (source, target, lost) => {
    expect(lostNames(source, target)).toEqual(lost);
  });

  it.each([
    ["a street in Mexico with cars", "una calle en México con coches"],
    ["a bridge in London at night", "un puente en Londres por la noche"],
    ["people at the White House on a Monday in July", "gente en la casa blanca un lunes de julio"],
    ["the flag of Germany on a wall", "la bandera de Alemania en una pared"],
    ["Dogs in the park. Cats in the house", "perros en el parque. gatos en la casa"],
    ["Beautiful Sunset Over The Ocean With Boats", "hermosa puesta de sol sobre el océano con barcos"],
    ["A RED CAR IN THE RAIN", "un coche rojo bajo la lluvia"],
  ])("has nothing against %j as %j", (source, target) => {
    expect(lostNames(source, target)).toEqual([]);
  });

  it("loses no name of a text that stands as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(lostNames(`seen by ${text} Madonna`, `seen by ${text} Madonna`)).toEqual([]);
      }),
    );
  });
});

describe("flagTranslation", () => {
  it("has nothing against a good translation", () => {
    const translation = { ...clean, text: "dos perros negros en la playa" };
    expect(flagTranslation("two black dogs on the beach", translation, thresholds)).toEqual([]);
  });

  it("lists all signs in their order", () => {
    const translation = {
      text: "rojo rojo rojo",
      truncated: true,
      reachedMaxLength: true,
      unknown: 2,
      sourceTokens: 9,
    };
    expect(flagTranslation("the 747 of Madonna is a red one here", translation, thresholds)).toEqual([
      "loop",
      "length",
      "numbers",
      "names",
      "source_truncated",
      "target_truncated",
      "unknown_pieces",
    ]);
  });

  it("says so where nothing of a caption reaches the model, and has nothing to say of an empty one", () => {
    const nothing = { ...clean, sourceTokens: 1 };
    expect(flagTranslation("\u200b", { ...nothing, text: "Responda." }, thresholds)).toEqual([
      "unknown_pieces",
    ]);
    expect(flagTranslation("  ", { ...nothing, text: "" }, thresholds)).toEqual([]);
  });

  it("never lets an empty translation of a caption pass in silence, whatever the caption", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).filter((source) => source.trim() !== ""),
        (source) => {
          expect(flagTranslation(source, { ...clean, text: " " }, thresholds)).toContain("empty");
        },
      ),
    );
    expect(flagTranslation("", { ...clean, text: "" }, thresholds)).toEqual([]);
  });
});
