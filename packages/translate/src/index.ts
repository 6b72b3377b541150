export { stage } from "./translate-stage.js";
