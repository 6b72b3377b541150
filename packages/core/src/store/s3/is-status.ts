/** Whether an error is a store's answer with one of these HTTP statuses. */
export function isStatus(error: unknown, ...statuses: number[]): boolean {
  if (!(error instanceof Error) || !("$metadata" in error)) return false;
  const { httpStatusCode: status } = error.$metadata as { httpStatusCode?: number };
  return status !== undefined && statuses.includes(status);
}
