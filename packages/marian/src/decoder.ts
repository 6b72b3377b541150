/** What other models that end in a Marian decoder are made of. */
export { checkTensors } from "./checkpoint/check-tensors.js";
export { invalidModel } from "./checkpoint/invalid-model.js";
export { MarianWeights } from "./checkpoint/marian-weights.js";
export { readModelFile } from "./checkpoint/read-model-file.js";
export { readPytorch } from "./checkpoint/pytorch/read-pytorch.js";
export { readSafetensors } from "./checkpoint/read-safetensors.js";
export type { Tensor as WeightTensor } from "./checkpoint/read-safetensors.js";
export { createSession } from "./create-session.js";
export { ModelFolder, modelInfoName } from "./model-folder.js";
export { marianConfigSchema, modelFilesSchema } from "./model-info.js";
export { buildDecoder } from "./onnx/build-decoder.js";
export { giveCrossAttention } from "./onnx/cross-attention.js";
export { embeddingFile, embeddingTable } from "./onnx/embed.js";
export { Layers, scaledQuery } from "./onnx/layers.js";
export type { Weights } from "./onnx/layers.js";
export { OnnxGraph } from "./onnx/onnx-graph.js";
export { readTokenizerFiles } from "./spm/read-tokenizer-files.js";
