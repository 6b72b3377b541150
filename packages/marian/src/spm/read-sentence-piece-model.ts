import { LeyendaError } from "@leyenda/core";
import { PbfReader } from "pbf";

import { readModelFile } from "../checkpoint/read-model-file.js";
import { type Charsmap, createCharsmap } from "./charsmap.js";

/** What a piece is, with the numbers of `sentencepiece_model.proto`. */
export const pieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface Piece {
  text: string;
  /** Log probability, float32. */
  score: number;
  type: number;
}

/** A SentencePiece model, as far as encoding needs it. */
export interface SentencePieceModel {
  type: ModelType;
  pieces: Piece[];
  byteFallback: boolean;
  normalizer: {
    charsmap: Charsmap;
    addDummyPrefix: boolean;
    removeExtraWhitespaces: boolean;
    escapeWhitespaces: boolean;
  };
}

type ModelType = "unigram" | "bpe";

/** With the numbers of `sentencepiece_model.proto`; 3 is words, 4 is characters. */
const modelTypes: Partial<Record<number, ModelType>> = { 1: "unigram", 2: "bpe" };

/**
 * Reads a `.spm` file (protobuf `ModelProto` of SentencePiece).
 *
 * @throws LeyendaError MODEL_MISSING, or MODEL_INVALID for another file or a model that is neither unigram nor BPE
 */
export async function readSentencePieceModel(path: string): Promise<SentencePieceModel> {
  return parseSentencePieceModel(await readModelFile(path, "the SentencePiece model"), path);
}

/** The same of a file's bytes. @param path for errors */
export function parseSentencePieceModel(bytes: Uint8Array, path: string): SentencePieceModel {
  try {
    return parse(bytes);
  } catch (cause) {
    throw new LeyendaError("MODEL_INVALID", `not a SentencePiece model: ${(cause as Error).message}`, {
      where: path,
      expected: "a unigram or BPE model written by SentencePiece",
      cause,
    });
  }
}

function parse(bytes: Uint8Array): SentencePieceModel {
  const model: SentencePieceModel = {
    type: "unigram",
    pieces: [],
    byteFallback: false,
    normalizer: {
      charsmap: createCharsmap(new Uint8Array()),
      addDummyPrefix: true,
      removeExtraWhitespaces: true,
      escapeWhitespaces: true,
    },
  };
  const trainer = { type: 1, spaceLast: false };
  const seen = new Set<number>();
  const reader = new PbfReader(bytes);
  reader.readFields((tag, _, pbf) => {
    seen.add(tag);
    if (tag === 1) model.pieces.push(readPiece(pbf));
    else if (tag === 2) {
      pbf.readMessage((field) => {
        if (field === 3) trainer.type = pbf.readVarint();
        else if (field === 24) trainer.spaceLast = pbf.readBoolean();
        else if (field === 35) model.byteFallback = pbf.readBoolean();
      }, null);
    } else if (tag === 3) readNormalizer(pbf, model.normalizer);
  }, null);
  // Both specifications come after the pieces: without them, pieces are missing too.
  if (reader.pos !== bytes.length || !seen.has(2) || !seen.has(3)) throw new Error("the file is truncated");
  const known = modelTypes[trainer.type];
  if (known === undefined) throw new Error(`model type ${trainer.type} is not supported`);
  model.type = known;
  if (trainer.spaceLast) throw new Error("white space as suffix is not supported");
  if (!model.pieces.some((piece) => piece.type === pieceType.unknown))
    throw new Error("there is no unknown piece");
  return model;
}

function readPiece(pbf: PbfReader): Piece {
  const piece: Piece = { text: "", score: 0, type: pieceType.normal };
  pbf.readMessage((field) => {
    if (field === 1) piece.text = pbf.readString();
    else if (field === 2) piece.score = pbf.readFloat();
    else if (field === 3) piece.type = pbf.readVarint();
  }, null);
  return piece;
}

function readNormalizer(pbf: PbfReader, normalizer: SentencePieceModel["normalizer"]): void {
  pbf.readMessage((field) => {
    if (field === 2) normalizer.charsmap = createCharsmap(pbf.readBytes());
    else if (field === 3) normalizer.addDummyPrefix = pbf.readBoolean();
    else if (field === 4) normalizer.removeExtraWhitespaces = pbf.readBoolean();
    else if (field === 5) normalizer.escapeWhitespaces = pbf.readBoolean();
  }, null);
}
