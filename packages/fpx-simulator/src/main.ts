import { readFile } from "node:fs/promises";
import type { SimulatorLog } from "./exchange.ts";
import { readSettings } from "./settings.ts";
import { startSimulator } from "./simulator.ts";

// The stand-alone program. Its first line on stdout is JSON with the address, for whoever started it; talk goes to
// stderr.

const talk = (details: object, message: string): void => {
  const text = JSON.stringify(details, (_name, value) => (value instanceof Error ? value.message : value));
  process.stderr.write(`${message} ${text}\n`);
};
const log: SimulatorLog = { info: talk, warn: talk, error: talk };

const settings = readSettings(process.env);
if ("faults" in settings) {
  for (const fault of settings.faults) process.stderr.write(`${fault}\n`);
  process.exit(64);
}
const { merchantPublicKeyFile, ...options } = settings;
const simulator = await startSimulator({
  ...options,
  merchantPublicKeyPem: await readFile(merchantPublicKeyFile, "utf8"),
  log,
});
process.stdout.write(
  `${JSON.stringify({ url: simulator.url, certificate_directory: simulator.certificateDirectory })}\n`,
);
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
