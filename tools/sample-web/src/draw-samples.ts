import { makeScene } from "./grammar/make-scene.js";
import { createRandom } from "./random.js";
import { renderPicture } from "./render-picture.js";

/** A picture of the grammar, with what it shows in Spanish. */
export interface DrawnSample {
  file: string;
  caption: string;
  picture: Buffer;
}

/** Draws the first pictures of a further seed: none of them is in the sample dataset. Always the same ones. */
export async function drawSamples(count: number): Promise<DrawnSample[]> {
  const random = createRandom(20_211_127);
  const samples: DrawnSample[] = [];
  for (let index = 0; index < count; index += 1) {
    const scene = makeScene(random);
    const picture = await renderPicture({
      ...{ scene, seed: 4_000 + index, width: 320, height: 240, format: "jpeg", variant: "plain" },
    });
    samples.push({ file: `sample-${index + 1}.jpg`, caption: scene.es, picture });
  }
  return samples;
}
