/**
 * Turns at libvips, which keeps one text of errors for the whole process: what fails beside another picture may be told with the
 * other's words, or without any. A verdict hangs on those words, so that what failed is done again alone.
 */
class Turns {
  readonly #running = new Set<Promise<unknown>>();
  #alone: Promise<void> | null = null;

  /** Beside others; when it fails, again alone, and that is the result. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#alone !== null) await this.#alone;
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      // What took all its time would take it again, and says so in any company.
      if (error instanceof Error && error.message.includes("timeout:")) throw error;
    } finally {
      this.#running.delete(running);
    }
    return this.#takeAlone(work);
  }

  async #takeAlone<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#alone !== null) await this.#alone;
    let open = (): void => undefined;
    this.#alone = new Promise((resolve) => {
      open = resolve;
    });
    try {
      await Promise.allSettled(this.#running);
      return await work();
    } finally {
      this.#alone = null;
      open();
    }
  }
}

/** Of this process, as the text of errors is. */
export const libvips = new Turns();
