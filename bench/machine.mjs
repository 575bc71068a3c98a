import { arch, cpus, loadavg, release, totalmem } from "node:os";

/** What figures depend on besides the code. */
export function machine() {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const system = `${process.platform} ${release().split("-")[0]}`;
  return `${cpus().length} × ${cpu?.model.trim()}, ${arch()}, ${memory} GiB, ${system}, Node ${process.versions.node}`;
}

/** What else the machine has to do, for which figures have to be read with care: the load of the last minute. */
export const load = () => Math.round(loadavg()[0] * 10) / 10;

/** Says what the figures are of. */
export function sayMachine() {
  console.log(`${machine()}, load ${load()}`);
}
