import { ownProcessMaker, type PartMaker, type PartPlan, type Stage, type StageContext } from "@leyenda/core";
import type { Json } from "@leyenda/core";

/** How long a process without a part is kept, milliseconds: loading a model anew takes longer than waiting for the next part. */
const idleMs = 10_000;

interface Kept {
  /** What it was opened for. */
  key: string;
  maker: PartMaker;
  timer: NodeJS.Timeout;
}

export interface MakeRequest {
  /** Of run and context: a process serves one. */
  key: string;
  stage: Stage;
  context: StageContext;
  options: Record<string, Json>;
  part: PartPlan;
  /** Drops the work. */
  signal: AbortSignal;
  /** Rows that have ended, since the last call. */
  onRows: (rows: number) => void;
}

/**
 * Processes that make the parts of one stage, a part each at a time; kept for the next part for a while. A process in which something
 * failed is not used again.
 */
export class Makers {
  readonly #kept = new Set<Kept>();
  /** Of parts under way, by name. */
  readonly #listeners = new Map<string, (rows: number) => void>();

  /** @returns seconds that it took, and whether this attempt's record is the part's */
  async make(request: MakeRequest): Promise<{ seconds: number; won: boolean }> {
    const { key, part, signal, onRows } = request;
    const maker = (await this.#take(key)) ?? this.#open(request);
    const listener = `${key} ${part.name}`;
    this.#listeners.set(listener, onRows);
    try {
      const made = await maker.make(part, signal);
      this.#keep(key, maker);
      return made;
    } catch (error) {
      await maker.close();
      throw error;
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /** Ends the processes that have no part. */
  async close(): Promise<void> {
    for (const kept of [...this.#kept]) await this.#end(kept);
  }

  /** One for the same; those for others make room. */
  async #take(key: string): Promise<PartMaker | undefined> {
    for (const kept of [...this.#kept]) {
      if (kept.key !== key) {
        await this.#end(kept);
        continue;
      }
      clearTimeout(kept.timer);
      this.#kept.delete(kept);
      return kept.maker;
    }
    return undefined;
  }

  #open({ key, stage, context, options }: MakeRequest): PartMaker {
    return ownProcessMaker({
      stage,
      context,
      options,
      onProgress: (part, { rows }) => {
        this.#listeners.get(`${key} ${part}`)?.(rows);
      },
    });
  }

  #keep(key: string, maker: PartMaker): void {
    const kept: Kept = {
      key,
      maker,
      timer: setTimeout(() => {
        void this.#end(kept);
      }, idleMs),
    };
    this.#kept.add(kept);
  }

  async #end(kept: Kept): Promise<void> {
    clearTimeout(kept.timer);
    if (this.#kept.delete(kept)) await kept.maker.close();
  }
}
