import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { hostAddress } from "./make-list.js";

export interface WebOptions {
  /** Where nginx keeps its files. */
  folder: string;
  photos: string;
  hosts: number;
  port: number;
  /** Milliseconds that paths `/d<delay>/…` wait. */
  delays: readonly number[];
}

/**
 * Starts nginx as the benchmark web: one process of its own, so that its CPU time is nobody's.
 *
 * @returns stops it
 */
export async function startWeb(options: WebOptions): Promise<() => Promise<void>> {
  const file = join(options.folder, "nginx.conf");
  await writeFile(file, nginxConfig(options));
  const nginx = spawn("nginx", ["-p", options.folder, "-c", file, "-e", "stderr"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const exited = new Promise<void>((resolve, reject) => {
    nginx.once("error", reject);
    nginx.once("exit", (code) => {
      if (code === 0 || code === null) resolve();
      else reject(new Error(`nginx ended with exit code ${code}; is port ${options.port} taken?`));
    });
  });
  await Promise.race([exited, untilListening(options.port)]);
  return async () => {
    nginx.kill("SIGTERM");
    await exited;
  };
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, hostAddress(0));
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => {
        resolve(false);
      });
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error("nginx did not begin to listen within 5 s");
}

function nginxConfig({ folder, photos, hosts, port, delays }: WebOptions): string {
  const listens = Array.from({ length: hosts }, (_, host) => `listen ${hostAddress(host)}:${port};`);
  const waits = delays.map((delay) =>
    delay === 0
      ? `location ~ ^/d0(/.+)$ { rewrite ^/d0(/.+)$ $1 last; }`
      : `location ~ ^/d${delay}(/.+)$ { echo_sleep ${delay / 1000}; echo_exec $1; }`,
  );
  return `
load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 8192; }
http {
  access_log off;
  error_log stderr crit;
  client_body_temp_path ${folder}/nginx-body;
  proxy_temp_path ${folder}/nginx-proxy;
  fastcgi_temp_path ${folder}/nginx-fastcgi;
  uwsgi_temp_path ${folder}/nginx-uwsgi;
  scgi_temp_path ${folder}/nginx-scgi;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=1000 inactive=1h;
  reset_timedout_connection on;
  types { image/jpeg jpg; text/html html; }
  server {
    ${listens.join("\n    ")}
    ${waits.join("\n    ")}
    location ~ ^/photo/\\d+/(.+)$ { alias ${photos}/$1; }
    location ~ ^/slow/\\d+/(.+)$ { limit_rate 100k; alias ${photos}/$1; }
    location /html/ { default_type text/html; return 200 "<!doctype html><title>This picture has moved</title>"; }
    location /not_found/ { return 404; }
    location /server_error/ { return 503; }
    # 444 closes without an answer, and with a reset because of reset_timedout_connection.
    location /reset/ { return 444; }
  }
}
`;
}
