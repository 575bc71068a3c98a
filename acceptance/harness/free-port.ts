import { createServer } from "node:net";

// Below what systems give to outgoing connections and to whoever listens on port 0 (Linux from 32768, IANA from 49152): a port
// of those, found free, may be somebody's by the time that the program it was found for has started.
const lowest = 20_000;
const count = 12_000;

// Processes beside each other have numbers close together; so each begins far from the next. The half is for who looks for a port in
// the sources' own tests, in the same process.
let next = (process.pid * 97 + count / 2) % count;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A port of loopback that nobody listens on, and that this process has not found before. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < count; tried += 1) {
    const port = lowest + next;
    next = (next + 1) % count;
    if (await isFree(port)) return port;
  }
  throw new Error(`somebody listens on every port from ${lowest} to ${lowest + count - 1}`);
}
