/** Runs the soak and prints its figures as JSON: `node main.js <rows> [first row]`. */
import { runSoak } from "./run-soak.js";

const soak = await runSoak(Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 0));
process.stdout.write(`${JSON.stringify(soak, null, 2)}\n`);
