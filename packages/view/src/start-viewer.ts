import { createServer } from "node:http";

import { ArrowFiles } from "./arrow/arrow-files.js";
import { NearIndex } from "./data/near-index.js";
import { openDataset, type ViewFolders } from "./data/open-dataset.js";
import { handleRequest } from "./server/handle-request.js";
import { listen } from "./server/listen.js";

export interface ViewerOptions {
  folders: ViewFolders;
  /** 0 takes any that is free. @default 8420 */
  port?: number;
  /** Address or name to listen at. @default "127.0.0.1": nobody else sees the pictures */
  host?: string;
  /** Most milliseconds that one request searches before it says how far it came. @default 250 */
  budgetMs?: number;
  /** Milliseconds, monotonic. @default performance.now */
  now?: () => number;
}

export interface Viewer {
  url: string;
  /** Ends what is under way, and closes. */
  close(): Promise<void>;
}

/**
 * Serves a page at which to look at a finished dataset. Only the manifests are read to begin with; every request reads what it
 * shows from the files, so that memory does not grow with the rows.
 *
 * @throws LeyendaError DATA_MISSING when the dataset is not finished; USAGE when the port or address cannot be had
 */
export async function startViewer({
  folders,
  port = 8420,
  host = "127.0.0.1",
  budgetMs = 250,
  now = () => performance.now(),
}: ViewerOptions): Promise<Viewer> {
  const opened = await openDataset(folders);
  const files = new ArrowFiles();
  const near = opened.list === null ? null : new NearIndex(files, opened.list);
  const closing = new AbortController();
  const viewed = { opened, files, near, budgetMs, now, closing: closing.signal };
  const server = createServer((request, response) => {
    void handleRequest(viewed, host, request, response);
  });
  const url = await listen(server, host, port);
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
