import { readdir, readFile } from "node:fs/promises";

const intervalMs = 100;
/** Of x86-64 and of most ARM kernels. */
const pageBytes = 4096;

/** Samples the resident memory of a process and all below it. */
export function watchMemory(root: number): { stop: () => Promise<number> } {
  let peak = 0;
  let sampling: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    sampling = sampling.then(async () => {
      peak = Math.max(peak, await treeBytes(root));
    });
  }, intervalMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await sampling;
      return peak;
    },
  };
}

async function treeBytes(root: number): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const processes = (await Promise.all(pids.map(readProcess))).filter((found) => found !== null);
  const tree = new Set([root]);
  // Children mostly have larger ids than their parents, but ids wrap around.
  for (let before = 0; before < tree.size;) {
    before = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  return processes.reduce((sum, { pid, rss }) => (tree.has(pid) ? sum + rss : sum), 0);
}

async function readProcess(pid: string): Promise<{ pid: number; parent: number; rss: number } | null> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => null);
  if (text === null) return null;
  // The name, in parentheses, may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { pid: Number(pid), parent: Number(fields[1]), rss: Number(fields[21]) * pageBytes };
}
