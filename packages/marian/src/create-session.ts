import { access } from "node:fs/promises";

import { LeyendaError } from "@leyenda/core";
import { InferenceSession } from "onnxruntime-node";

import { productsSaturate } from "./products-saturate.js";

/** Where a graph is computed. */
export type Provider = "cpu" | "cuda";

export interface SessionOptions {
  intraOpThreads: number;
  provider: Provider;
}

/**
 * Makes a graph ready to run.
 *
 * @param model a file, or a model's bytes
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file; PROVIDER_MISSING where onnxruntime was installed without CUDA, or
 *   there is no such processor
 */
export async function createSession(
  model: string | Uint8Array,
  { intraOpThreads, provider }: SessionOptions,
): Promise<InferenceSession> {
  const where = typeof model === "string" ? model : "a graph made in memory";
  if (typeof model === "string")
    await access(model).catch((cause: unknown) => {
      throw new LeyendaError("MODEL_MISSING", "a graph of the model cannot be read", { where, cause });
    });
  const options: InferenceSession.SessionOptions = {
    // What CUDA has no kernel for, the processor computes.
    executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"],
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    // A thread that waits must not burn the core that another process could use.
    // Makes signed weights unsigned, at half the speed.
    extra: {
      session: {
        intra_op: { allow_spinning: "0" },
        x64quantprecision: (await productsSaturate()) ? "1" : "0",
      },
    },
  };
  try {
    return typeof model === "string"
      ? await InferenceSession.create(model, options)
      : await InferenceSession.create(model, options);
  } catch (cause) {
    const { message } = cause as Error;
    if (provider === "cuda" && /cuda|execution.?provider|backend/i.test(message))
      throw new LeyendaError("PROVIDER_MISSING", `onnxruntime cannot use CUDA: ${message}`, {
        where,
        expected: "Linux on x64, an NVIDIA driver, CUDA 12 with cuDNN 9, and onnxruntime-node's CUDA files",
        hint: "fetch them with ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node --ignore-scripts=false, or use the provider cpu",
        cause,
      });
    throw new LeyendaError("MODEL_INVALID", `onnxruntime refuses the graph: ${message}`, {
      where,
      hint: 'convert the model again with "leyenda model convert"',
      cause,
    });
  }
}
