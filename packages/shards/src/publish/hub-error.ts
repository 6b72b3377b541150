import { HubApiError } from "@huggingface/hub";
import { LeyendaError } from "@leyenda/core";

/** Broken connections, busy hubs, and addresses for uploads that were used too late (403 from the storage). */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof HubApiError)) return true;
  const { statusCode: status, url } = error;
  const isStorage = !/\/api\/|\/info\/lfs\//.test(url);
  return status === 408 || status === 429 || status >= 500 || (status === 403 && isStorage);
}

/** An error that tells what the hub said. Addresses of uploads stay out: they are signed, and let anybody write. */
export function hubError(error: unknown, where: string): LeyendaError {
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  if (status === 412) {
    return new LeyendaError("DATA_MISMATCH", "the branch got another commit while files were uploaded", {
      where,
      hint: "push again: what was uploaded is kept, and compared with the new commit",
    });
  }
  const said =
    error instanceof HubApiError ? (error.data as { error?: unknown } | undefined)?.error : undefined;
  const message =
    status === undefined
      ? `the hub cannot be reached: ${innermost(error)}`
      : `the hub answers ${status}${typeof said === "string" ? `: ${said}` : ""}`;
  const refused = status === 401 || status === 403;
  return new LeyendaError("HUB", message, {
    where,
    hint: refused
      ? "set HF_TOKEN to a token with the right to write to this repository"
      : "push again: it goes on where it stopped",
  });
}

function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}
