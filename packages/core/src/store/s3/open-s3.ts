import type { S3Client } from "@aws-sdk/client-s3";

import { retryPatiently } from "./retry-patiently.js";

/** The SDK with a client of it: loaded by the first path that lies in a bucket, since that takes a fifth of a second. */
export type S3 = typeof import("@aws-sdk/client-s3") & { client: S3Client };

/** Requests of this process at a time. */
const connections = 64;

export async function openS3(): Promise<S3> {
  // Its version is pinned, so that the end of newer versions' support for this Node.js is no news to whoever sees this.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const sdk = await import("@aws-sdk/client-s3");
  const { NodeHttpHandler } = await import("@smithy/node-http-handler");
  const env = process.env;
  const isElsewhere = (env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL) !== undefined;
  const client = new sdk.S3Client({
    retryStrategy: retryPatiently(),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 5_000,
      // Without an answer, or any byte, for so long.
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      httpsAgent: { maxSockets: connections, keepAlive: true },
      httpAgent: { maxSockets: connections, keepAlive: true },
    }),
    // Many stores other than Amazon's have no names for buckets in DNS, know no region, and reject checksums in trailers.
    ...(isElsewhere
      ? {
          forcePathStyle: true,
          region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1",
          requestChecksumCalculation: "WHEN_REQUIRED",
          responseChecksumValidation: "WHEN_REQUIRED",
        }
      : {}),
  });
  return { ...sdk, client };
}
