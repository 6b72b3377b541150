/** Tied weights are named four times, and halves grow to floats. */
const maxGrowth = 16;
const growthAllowance = 16_000_000;

/**
 * Counts the floats that are made of some files: tensors that name the same bytes again and again would fill any memory from a file of
 * any size.
 */
export class UnpackBudget {
  #read = 0;
  #made = 0;

  /** @param bytes of a file that is read for it */
  add(bytes: number): void {
    this.#read += bytes;
  }

  /** @throws Error when a checkpoint would not have so many */
  spend(floats: number): void {
    this.#made += 4 * floats;
    if (this.#made > maxGrowth * this.#read + growthAllowance)
      throw new Error(`its tensors would be more than ${maxGrowth} times the size of the file`);
  }
}
