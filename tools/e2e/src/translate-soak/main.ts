/** Runs the soak and prints its figures as JSON: `node main.js <rows>`. */
import { runTranslateSoak } from "./run-translate-soak.js";

const soak = await runTranslateSoak(Number(process.argv[2] ?? 250_000));
process.stdout.write(`${JSON.stringify(soak, null, 2)}\n`);
