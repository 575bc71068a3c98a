import { type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gateway } from "../gateway.ts";
import { buildApp } from "../http/app.ts";
import type { RequestLog } from "../request-log/request-log.ts";
import { openTestCore, type TestCore, type TestCoreOptions } from "./test-core.ts";

/** A request down to its header lines, as a client in the field sent it. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface TestApp extends TestCore {
  readonly port: number;
  /** The log of the calls that came. */
  readonly requestLog: RequestLog;
  /** Sends exactly those headers, and a body with any method. */
  send(raw: RawRequest): Promise<RawAnswer>;
}

/** Sends exactly those headers to an address, each request on a connection of its own. */
export function sendTo(to: { readonly host: string; readonly port: number }): (raw: RawRequest) => Promise<RawAnswer> {
  return (raw) =>
    new Promise((resolve, reject) => {
      const call = request(
        { ...to, method: raw.method, path: raw.path, headers: raw.headers, agent: false },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("error", reject);
          answer.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
          });
        },
      );
      call.on("error", reject);
      const framed = "content-length" in raw.headers || "transfer-encoding" in raw.headers;
      if (raw.body !== "" && !framed) call.setHeader("content-length", Buffer.byteLength(raw.body));
      call.end(raw.body);
    });
}

/** The whole HTTP side over a gateway without a bank network, listening on loopback, jobs not running. */
export async function openTestApp(
  options: TestCoreOptions & { readonly change?: (gateway: Gateway) => Partial<Gateway> } = {},
): Promise<TestApp> {
  const core = await openTestCore(options);
  const app = buildApp({ ...core.gateway, ...options.change?.(core.gateway) });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    ...core,
    port,
    requestLog: app.requestLog,
    send: sendTo({ host: "127.0.0.1", port }),
    async close() {
      await app.close();
      await core.close();
    },
  };
}
