import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface StrangeServer {
  readonly url: string;
  /** How many calls have come. */
  readonly calls: number;
  behave(answer: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/** What stands in front of a gateway, or in its place: it answers whatever it likes. */
export async function openStrangeServer(): Promise<StrangeServer> {
  let answer = (response: ServerResponse): void => void response.end();
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    request.resume().on("end", () => answer(response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get calls() {
      return calls;
    },
    behave(next) {
      answer = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
