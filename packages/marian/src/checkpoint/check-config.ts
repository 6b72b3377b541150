import { invalidModel } from "./invalid-model.js";
import type { MarianConfig } from "./read-marian-config.js";

/** Far above any model's, and low enough that a graph with so many position embeddings can be made. */
const mostPositions = 16_384;
const mostBeams = 1000;

/**
 * Checks what a schema of single fields cannot: that the numbers of a configuration fit each other, so that no graph is made that fails
 * at its first caption.
 *
 * @throws LeyendaError MODEL_INVALID saying which number
 */
export function checkConfig(config: MarianConfig, path: string): void {
  const { width, encoderHeads, decoderHeads, vocabularySize, maxPositions, beams } = config;
  const refuse = (message: string): never => {
    throw invalidModel(path, `the configuration cannot be used: ${message}`);
  };
  const sizes = { width, vocabularySize, beams, maxPositions, maxLength: config.maxLength };
  const layers = { encoderLayers: config.encoderLayers, decoderLayers: config.decoderLayers };
  for (const [name, size] of Object.entries({ ...sizes, ...layers })) {
    if (size < 1) refuse(`${name} is ${size}`);
  }
  for (const [side, heads] of [
    ["encoder", encoderHeads],
    ["decoder", decoderHeads],
  ] as const) {
    if (heads < 1 || width % heads !== 0)
      refuse(`${heads} attention heads of the ${side} do not divide a width of ${width}`);
  }
  if (width % 2 !== 0) refuse(`width ${width} is odd; half of it is for sines, half for cosines`);
  if (maxPositions > mostPositions)
    refuse(`${maxPositions} positions are more than the ${mostPositions} that are supported`);
  if (beams > mostBeams) refuse(`${beams} beams are more than the ${mostBeams} that are supported`);
  const sourceWords = config.sourceVocabularySize ?? vocabularySize;
  if (sourceWords < 1) refuse(`sourceVocabularySize is ${sourceWords}`);
  if (config.padId >= sourceWords)
    refuse(`the padding token ${config.padId} is outside its vocabulary of ${sourceWords}`);
  const ids = {
    end: config.endId,
    start: config.startId,
    "forced end": config.forcedEndId ?? config.endId,
  };
  for (const [name, id] of Object.entries(ids)) {
    if (id >= vocabularySize)
      refuse(`the ${name} token ${id} is outside its vocabulary of ${vocabularySize}`);
  }
  const banned = new Set(config.bannedIds);
  for (const id of [...banned, ...config.bannedRuns.flat()]) {
    if (id >= vocabularySize) refuse(`the banned word ${id} is outside its vocabulary of ${vocabularySize}`);
  }
  if (banned.size >= vocabularySize || banned.has(config.endId)) refuse("no translation could end");
}
