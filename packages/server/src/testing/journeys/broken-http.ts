import { connect } from "node:net";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { nameOf } from "../../http/openapi/operations.ts";
import { wireRoutes } from "../../http/openapi/wire-operations.ts";
import { routes } from "../../http/routes/index.ts";
import { scopes } from "../../merchants/api-keys.ts";
import type { World } from "./world.ts";

const patienceMs = 30_000;

/** Sends bytes below HTTP, and reads the one answer that comes before the gateway closes the connection. */
async function sendBytes(port: number, text: string): Promise<ErrorBody> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setTimeout(patienceMs, () => socket.destroy(new Error("the gateway kept the connection open")));
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      received += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => {
      try {
        resolve(JSON.parse(received.split("\r\n\r\n")[1] ?? "") as ErrorBody);
      } catch (error) {
        reject(new Error(`no answer but ${JSON.stringify(received)}`, { cause: error }));
      }
    });
  });
}

/** What cannot be read: a header that is none, one that is too long, and a body, or where none is read a head, that never ends. */
function faultyBytes(method: string, path: string, key: string) {
  const head = `${method} ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n`;
  const readsNoBody = method === "GET" && !path.startsWith("/payment/");
  const slow = readsNoBody ? head : `${head}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`;
  return {
    http_malformed: `${head}no header\r\n\r\n`,
    headers_too_large: `${head}X-Long: ${"x".repeat(20_000)}\r\n\r\n`,
    request_timeout: slow,
  } as const;
}

/** Every operation, in HTTP that nobody could read. All at once: the slow ones take as long as is waited for them. */
export async function sendBrokenHttp({ traveller, test }: World): Promise<void> {
  const port = Number(new URL(test.url).port);
  // A slow body takes one of its key's places, so each operation has a key of its own.
  const keyed: { operation: string; key: string }[] = [];
  for (const operation of [...routes, ...wireRoutes].map(nameOf)) {
    const { key } = await traveller.ok<{ key: string }>("POST /api/v2/api_keys", { body: { scopes } });
    keyed.push({ operation, key });
  }
  const calls = keyed.flatMap(({ operation, key }) => {
    const [method = "", url = ""] = operation.split(" ");
    return Object.entries(faultyBytes(method, url.replace(/:\w+/g, "x"), key)).map(async ([code, text]) => {
      const body = await sendBytes(port, text);
      if (body.code !== code) throw new Error(`${operation} should answer ${code}, not ${JSON.stringify(body)}`);
      return { operation, body };
    });
  });
  for (const { operation, body } of await Promise.all(calls)) traveller.remember(operation, body);
}
