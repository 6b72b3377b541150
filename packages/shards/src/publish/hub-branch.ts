import {
  createBranch,
  createRepo,
  datasetInfo,
  HubApiError,
  type ListFileEntry,
  listFiles,
} from "@huggingface/hub";
import { LeyendaError } from "@leyenda/core";

/** A branch of a dataset repository, and the way to it. */
export interface Hub {
  /** `owner/name` */
  name: string;
  branch: string;
  access: { fetch: typeof fetch; hubUrl?: string; accessToken?: string };
}

/** The branch's newest commit, or null when there is no such branch or repository. */
export async function findHead({ name, branch, access }: Hub): Promise<string | null> {
  try {
    return (await datasetInfo({ name, revision: branch, additionalFields: ["sha"], ...access })).sha;
  } catch (error) {
    if (error instanceof HubApiError && error.statusCode === 404) return null;
    throw error;
  }
}

/**
 * Makes the branch, and the repository where there is none.
 *
 * @returns the commit that the new branch starts at
 * @throws LeyendaError HUB without a token
 */
export async function makeBranch(hub: Hub, isPrivate: boolean): Promise<string> {
  const { name, branch, access } = hub;
  const repo = { type: "dataset", name } as const;
  const { accessToken, ...rest } = access;
  const main = await findHead({ ...hub, branch: "main" });
  if (main === null) {
    if (accessToken === undefined) {
      throw new LeyendaError("HUB", "a repository cannot be made without a token", {
        where: name,
        hint: "set HF_TOKEN to a token with the right to write",
      });
    }
    const visibility = isPrivate ? "private" : "public";
    await createRepo({ repo, accessToken, visibility, ...rest }).catch(ignoreConflict);
  }
  if (branch !== "main")
    await createBranch({
      repo,
      branch,
      ...rest,
      ...(accessToken === undefined ? {} : { accessToken }),
    }).catch(ignoreConflict);
  const head = await findHead(hub);
  if (head === null)
    throw new LeyendaError("HUB", "the new repository has no such branch", { where: branch });
  return head;
}

/** It is there: made by a push that was cut off, or at this moment by another. */
function ignoreConflict(error: unknown): void {
  if (!(error instanceof HubApiError && error.statusCode === 409)) throw error;
}

/** The files of a commit, by path. */
export async function readTree({ name, access }: Hub, revision: string): Promise<Map<string, ListFileEntry>> {
  const files = new Map<string, ListFileEntry>();
  for await (const entry of listFiles({
    repo: { type: "dataset", name },
    revision,
    recursive: true,
    ...access,
  })) {
    if (entry.type === "file") files.set(entry.path, entry);
  }
  return files;
}
