/** How likely the references are to a model; natural logarithms, per token. */
export interface CaptionLoss {
  /** Mean over all tokens. */
  loss: number | null;
  /**
   * As the original measured: the mean over batches of each batch's mean over its tokens, every batch alike; the rows that fill no batch
   * are left out. Null where there is no whole batch.
   */
  loss_seed: number | null;
  /** Rows of a batch. */
  batch: number;
  batches: number;
  /** Rows that have a loss: not those whose picture cannot be read. */
  rows: number;
  tokens: number;
}

/**
 * @param rows of each row, in order, Σ −log p over its tokens, and how many they are
 * @param batch rows of a batch of `loss_seed`
 */
export function captionLoss(rows: readonly { loss: number; tokens: number }[], batch: number): CaptionLoss {
  let [sum, tokens, means] = [0, 0, 0];
  let inBatch = { loss: 0, tokens: 0 };
  for (const [place, row] of rows.entries()) {
    sum += row.loss;
    tokens += row.tokens;
    inBatch = { loss: inBatch.loss + row.loss, tokens: inBatch.tokens + row.tokens };
    if ((place + 1) % batch !== 0) continue;
    means += inBatch.loss / inBatch.tokens;
    inBatch = { loss: 0, tokens: 0 };
  }
  const batches = Math.floor(rows.length / batch);
  return {
    loss: tokens === 0 ? null : sum / tokens,
    loss_seed: batches === 0 ? null : means / batches,
    ...{ batch, batches, rows: rows.length, tokens },
  };
}
