import type { Site } from "./site.js";

/** What a page or a program can ask of this server. */
export function describeSite({ model, limits, samples }: Site): object {
  const { maxBytes, maxPixels, queueLength, beams, bodyMs, captionMs } = limits;
  return {
    model: { name: model.name, precision: model.precision, hash: model.hash },
    beams: Math.min(model.config.beams, beams),
    limits: { maxBytes, maxPixels, queueLength, beams, bodyMs, captionMs },
    samples: samples.map(({ caption }, id) => ({ id, caption, picture: `samples/${id}` })),
  };
}

/** How the server is. */
export function describeHealth({ closing, queue, intake, limits, model }: Site): object {
  const isFull = queue.length >= limits.queueLength;
  return {
    status: closing.aborted ? "closing" : isFull ? "busy" : "ok",
    model: model.name,
    queue: { pictures: queue.length, capacity: limits.queueLength },
    receiving: intake.receiving,
    uptimeSeconds: Math.round(process.uptime()),
  };
}
