export type { ViewFolders } from "./data/open-dataset.js";
export { startViewer } from "./start-viewer.js";
export type { Viewer, ViewerOptions } from "./start-viewer.js";
