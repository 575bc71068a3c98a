import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it reached the shop. */
export interface ReceivedCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface TestShop {
  readonly url: string;
  readonly received: readonly ReceivedCall[];
  /** What the shop does with the next calls; it says `OK` unless told otherwise. */
  behave(answer: (response: ServerResponse, call: ReceivedCall) => void): void;
  /** Resolves once that many calls have arrived; rejects when they have not by the deadline. */
  waitFor(count: number, deadlineMs?: number): Promise<readonly ReceivedCall[]>;
  close(): Promise<void>;
}

/** A shop's server on loopback, as far as this gateway can see one: something that takes POSTs and answers as it likes. */
export async function openTestShop(): Promise<TestShop> {
  const received: ReceivedCall[] = [];
  let answer = (response: ServerResponse, _call: ReceivedCall): void => void response.end("OK");
  let arrived = () => {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString("utf8") };
      received.push(call);
      answer(response, call);
      arrived();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave(next) {
      answer = next;
    },
    waitFor(count, deadlineMs = 10_000) {
      return new Promise((resolve, reject) => {
        const fail = () => reject(new Error(`the shop received ${received.length} calls, and not ${count}, in time`));
        const timer = setTimeout(fail, deadlineMs);
        arrived = () => {
          if (received.length < count) return;
          clearTimeout(timer);
          resolve(received);
        };
        arrived();
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
