import type { Limits } from "../limits.js";
import { Refusal } from "../refusal.js";

/** What one request holds of the intake. */
export interface Share {
  /**
   * Takes memory for a further piece of its body.
   *
   * @throws Refusal 503 when all requests together would hold too much
   */
  take(bytes: number): void;
  /** Its body is there: another may begin. */
  received(): void;
  /** Gives back all it holds. */
  release(): void;
}

/** Bounds how many bodies come in at the same time, and the memory that all of them hold until they are answered. */
export class Intake {
  readonly #limits: Pick<Limits, "receiving" | "heldBytes">;
  #receiving = 0;
  #held = 0;

  constructor(limits: Pick<Limits, "receiving" | "heldBytes">) {
    this.#limits = limits;
  }

  /** Bodies that are coming in. */
  get receiving(): number {
    return this.#receiving;
  }

  /** Bytes of bodies in memory. */
  get held(): number {
    return this.#held;
  }

  /** @throws Refusal 503 when too many bodies are coming in already */
  open(): Share {
    const { receiving, heldBytes } = this.#limits;
    if (this.#receiving >= receiving)
      throw new Refusal(503, "busy", `${receiving} pictures are coming in already`, {
        hint: "try again after the seconds in Retry-After",
        retryAfter: 2,
      });
    this.#receiving += 1;
    let [isReceiving, taken] = [true, 0];
    const received = (): void => {
      if (isReceiving) this.#receiving -= 1;
      isReceiving = false;
    };
    return {
      take: (bytes) => {
        if (this.#held + bytes > heldBytes)
          throw new Refusal(503, "busy", `the pictures that came in hold ${heldBytes} bytes already`, {
            hint: "try again after the seconds in Retry-After",
            retryAfter: 2,
          });
        this.#held += bytes;
        taken += bytes;
      },
      received,
      release: () => {
        received();
        this.#held -= taken;
        taken = 0;
      },
    };
  }
}
