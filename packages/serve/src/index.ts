export { defaultLimits } from "./limits.js";
export type { Limits } from "./limits.js";
export type { Sample } from "./samples.js";
export { startCaptionServer } from "./start-caption-server.js";
export type { CaptionServer, CaptionServerOptions } from "./start-caption-server.js";
export { writeStaticSite } from "./static/write-static-site.js";
export type { StaticSiteOptions } from "./static/write-static-site.js";
