import { execFile, type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";

import { freePorts } from "./free-ports.js";

const run = promisify(execFile);

/** An S3 server of this process's own. */
export interface S3Server {
  /** `http://127.0.0.1:port` */
  endpoint: string;
  port: number;
  /** What a process needs in its environment to use it; with another endpoint, through a proxy. */
  env: (endpoint?: string) => Record<string, string>;
  makeBucket: (name: string) => Promise<void>;
  close: () => Promise<void>;
}

const programs = ["ceph-mon", "ceph-osd", "ceph-authtool", "monmaptool", "ceph", "radosgw", "radosgw-admin"];

/** Whether what `startRadosgw` starts is installed (Debian: ceph-mon, ceph-osd, radosgw). */
export async function hasRadosgw(): Promise<boolean> {
  try {
    for (const program of programs) await run("which", [program]);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts Ceph's object gateway on free ports of this machine, with one monitor and one store in memory: a real S3 server which
 * really honours `If-None-Match`. It takes about 12 seconds.
 */
export async function startRadosgw(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), "leyenda-radosgw-"));
  const [monitor = 0, monitorV1 = 0, port = 0] = await freePorts(3);
  const at = (name: string): string => join(folder, name);
  const config = at("ceph.conf");
  const monitors = `[v2:127.0.0.1:${monitor},v1:127.0.0.1:${monitorV1}]`;
  const cluster = randomUUID();
  const osd = randomUUID();
  for (const name of ["mon", "osd", "run"]) await mkdir(at(name));
  await writeFile(config, renderConfig(folder, cluster, monitors, port));
  const keys: [name: string, ...capabilities: string[]][] = [
    ["mon.", "mon", "allow *"],
    ["client.admin", "mon", "allow *", "osd", "allow *", "mgr", "allow *"],
    ["client.rgw", "mon", "allow rwx", "osd", "allow rwx"],
    ["osd.0", "mon", "allow profile osd", "osd", "allow *"],
  ];
  await run("ceph-authtool", [at("keyring"), "--create-keyring"]);
  for (const [name, ...capabilities] of keys) {
    const pairs = capabilities.flatMap((text, index) => (index % 2 === 0 ? ["--cap", text] : [text]));
    await run("ceph-authtool", [at("keyring"), "--gen-key", "-n", name, ...pairs]);
  }
  await run("monmaptool", ["--create", "--fsid", cluster, "--addv", "a", monitors, at("monmap")]);
  await run("ceph-mon", [
    "-c",
    config,
    "--mkfs",
    "-i",
    "a",
    "--monmap",
    at("monmap"),
    "--keyring",
    at("keyring"),
  ]);
  const processes: ChildProcess[] = [];
  // A test run that fails before it can close leaves nothing running.
  process.once("exit", () => {
    for (const child of processes) child.kill("SIGKILL");
  });
  const start = (program: string, ...args: string[]): void => {
    processes.push(spawn(program, ["-c", config, ...args, "-f"], { stdio: "ignore" }));
  };
  const close = async (): Promise<void> => {
    for (const child of processes.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    start("ceph-mon", "-i", "a");
    await run("ceph", ["-c", config, "--connect-timeout", "30", "osd", "new", osd, "0"]);
    await run("ceph-osd", ["-c", config, "-i", "0", "--mkfs", "--no-mon-config", "--osd-uuid", osd]);
    start("ceph-osd", "-i", "0");
    start("radosgw", "-n", "client.rgw");
    const endpoint = `http://127.0.0.1:${port}`;
    await answers(endpoint);
    const [access, secret] = ["leyenda", "leyenda-secret"];
    await run("radosgw-admin", [
      ...["-c", config, "-n", "client.rgw", "user", "create"],
      ...["--uid", "leyenda", "--display-name", "leyenda", "--access-key", access, "--secret-key", secret],
    ]);
    const env = (through = endpoint): Record<string, string> => ({
      AWS_ENDPOINT_URL_S3: through,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: access,
      AWS_SECRET_ACCESS_KEY: secret,
    });
    const makeBucket = async (name: string): Promise<void> => {
      const client = new S3Client({
        endpoint,
        region: "us-east-1",
        forcePathStyle: true,
        credentials: { accessKeyId: access, secretAccessKey: secret },
      });
      await client.send(new CreateBucketCommand({ Bucket: name }));
      client.destroy();
    };
    return { endpoint, port, env, makeBucket, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function answers(endpoint: string): Promise<void> {
  for (let second = 0; second < 90; second += 0.5) {
    const answered = await fetch(endpoint).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await sleep(500);
  }
  throw new Error(`radosgw did not answer at ${endpoint}`);
}

function renderConfig(folder: string, cluster: string, monitors: string, port: number): string {
  return `[global]
fsid = ${cluster}
mon host = ${monitors}
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
mon allow pool size one = true
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 8589934592
mon data = ${folder}/mon
osd data = ${folder}/osd
mon data avail crit = 0
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
log file = ${folder}/$name.log
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port}
`;
}
