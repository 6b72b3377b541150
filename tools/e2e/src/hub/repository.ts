import { createHash } from "node:crypto";

/** A line of a commit's body, as @huggingface/hub sends it. */
export type CommitLine =
  | { key: "header"; value: { summary: string; parentCommit?: string } }
  | { key: "file"; value: { path: string; content: string; encoding: "base64" } }
  | { key: "lfsFile"; value: { path: string; algo: "sha256"; oid: string; size: number } }
  | { key: "deletedFile"; value: { path: string } };

export interface Commit {
  sha: string;
  title: string;
  files: ReadonlyMap<string, Buffer>;
}

const gitAttributes = "*.arrow filter=lfs diff=lfs merge=lfs -text\n";

/** A dataset repository with its commits and big objects, in memory. */
export class Repository {
  /** SHA-256 → bytes; whole and checked ones alone. */
  readonly objects = new Map<string, Buffer>();
  /** Branch → commits, oldest first. */
  readonly branches = new Map<string, Commit[]>();

  constructor(readonly visibility: string) {
    const files = new Map([[".gitattributes", Buffer.from(gitAttributes)]]);
    this.branches.set("main", [{ sha: sha1("initial"), title: "initial commit", files }]);
  }

  head(branch: string): Commit | undefined {
    return this.branches.get(branch)?.at(-1);
  }

  commitOf(revision: string): Commit | undefined {
    return this.head(revision) ?? [...this.branches.values()].flat().find(({ sha }) => sha === revision);
  }

  /** @returns the new commit, or the status that the hub answers with */
  commit(branch: string, lines: readonly CommitLine[]): Commit | number {
    const head = this.head(branch);
    const [first, ...changes] = lines;
    if (head === undefined || first?.key !== "header") return 400;
    const { summary, parentCommit } = first.value;
    if (parentCommit !== undefined && parentCommit !== head.sha) return 412;
    const files = new Map(head.files);
    for (const change of changes) {
      if (change.key === "file") files.set(change.value.path, Buffer.from(change.value.content, "base64"));
      else if (change.key === "deletedFile") files.delete(change.value.path);
      else if (change.key === "lfsFile") {
        const bytes = this.objects.get(change.value.oid);
        if (bytes?.length !== change.value.size) return 400;
        files.set(change.value.path, bytes);
      } else return 400;
    }
    const sha = sha1(`${head.sha}${JSON.stringify(lines)}`);
    const made = { sha, title: summary, files };
    this.branches.get(branch)?.push(made);
    return made;
  }

  /** Entries of a commit's tree, as the hub lists them. */
  tree({ files }: Commit): object[] {
    return [...files].map(([path, bytes]) => ({
      type: "file",
      path,
      size: bytes.length,
      oid: createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex"),
      ...(isBig(path) ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 130 } } : {}),
    }));
  }
}

/** What goes by LFS: by its name here; the hub also looks at the size. */
export function isBig(path: string): boolean {
  return path.endsWith(".arrow");
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
