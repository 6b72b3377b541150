import { addNoise } from "./grammar/add-noise.js";
import { makeScene } from "./grammar/make-scene.js";
import { generateRows } from "./generate-rows.js";
import { createRandom } from "./random.js";

/**
 * Captions with their Spanish for training, `English ⇥ Spanish`, always the same ones: the grammar's scenes but those of the sample,
 * which stay unseen.
 */
export function generatePairs(count: number): string {
  const sample = generateRows()
    .map(({ caption }) => caption.toLowerCase().replace(/\s+/g, " "))
    .join("\n");
  const random = createRandom(20_210_716);
  const pairs = new Set<string>();
  while (pairs.size < count) {
    const scene = makeScene(random);
    const { en, es } = addNoise(scene, random);
    if (!sample.includes(scene.en)) pairs.add(`${en}\t${es}\n`);
  }
  return [...pairs].join("");
}
