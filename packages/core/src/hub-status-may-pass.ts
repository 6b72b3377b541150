/** Whether a status that the Hugging Face hub answers may be another one the next time: 408, 429 and 5xx, but for 501. */
export function hubStatusMayPass(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}
