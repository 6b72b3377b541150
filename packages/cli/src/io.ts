/** What the command needs from the process it runs in; tests give their own. */
export interface Io {
  /** A chunk for standard output. */
  out: (text: string) => void;
  /** Resolves once standard output has taken all that was written. */
  drained?: () => Promise<void>;
  /** Standard input, where it is not a terminal. */
  in?: AsyncIterable<Uint8Array> | undefined;
  /** A chunk for standard error. */
  err: (text: string) => void;
  /** Whether standard error is a terminal that can be redrawn. */
  isTerminal: boolean;
  /** Columns of that terminal, now. */
  readonly columns: number;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Milliseconds, monotonic. */
  now: () => number;
  /** Calls back at SIGINT and SIGTERM; returns how to stop listening. */
  onSignal: (listener: (signal: "SIGINT" | "SIGTERM") => void) => () => void;
}
