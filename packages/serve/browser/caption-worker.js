/** Runs the model beside the page, which stays usable meanwhile. One question at a time, in the order in which they come. */
import { captionWithWords, PixelCaptioner, Vocabulary } from "@leyenda/caption-model/browser";
import { env, InferenceSession } from "onnxruntime-web/wasm";

import { Unreadable, readPicture } from "./read-picture.js";

// More threads would need headers that few static hosts can be told to send.
env.wasm.numThreads = 1;
env.wasm.wasmPaths = { wasm: new URL("./ort-wasm-simd-threaded.wasm", import.meta.url).href };

let captioner = null;
let limits = null;
let before = Promise.resolve();

addEventListener("message", ({ data }) => {
  before = before.then(() => answer(data));
});

async function answer({ id, load: model, picture, beams }) {
  try {
    const found = model === undefined ? await caption(picture, beams) : await load(model);
    postMessage({ id, answer: found });
  } catch (error) {
    const code = error instanceof Unreadable ? error.code : null;
    postMessage({ id, error: { code, message: error.message } });
  }
}

/** @param {{ folder: string, info: object, vocabulary: string, limits: object }} model as `writeStaticSite` describes it */
async function load({ folder, info, vocabulary, limits: given }) {
  const bytesOf = async (name) => {
    const response = await fetch(new URL(`${folder}/${name}`, import.meta.url));
    if (!response.ok) throw new Error(`${folder}/${name}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const [vision, decoder, embedding, words] = await Promise.all(
    ["vision.onnx", "decoder.onnx", "embedding.bin", vocabulary].map(bytesOf),
  );
  limits = given;
  captioner = new PixelCaptioner({
    info,
    vocabulary: new Vocabulary(new Map(Object.entries(JSON.parse(new TextDecoder().decode(words))))),
    vision: await InferenceSession.create(vision),
    decoder: await InferenceSession.create(decoder, {
      externalData: [{ path: "embedding.bin", data: embedding }],
    }),
  });
  return null;
}

/** The same answer as the server's. */
async function caption(picture, beams) {
  const edge = captioner.info.vision.image_size;
  const { pixels, ...shown } = await readPicture(picture, { edge, ...limits });
  const [found] = await captionWithWords(captioner, pixels, { beams, best: beams });
  return {
    caption: found.text,
    ids: found.ids,
    score: found.score,
    alternatives: found.alternatives.map(({ text, score }) => ({ caption: text, score })),
    cut: found.reachedMaxLength,
    words: found.words,
    picture: shown,
  };
}
