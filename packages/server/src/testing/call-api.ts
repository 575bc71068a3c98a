import type { IncomingHttpHeaders } from "node:http";
import type { RawAnswer, TestApp } from "./test-app.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The JSON of the answer, whatever it is. */
  readonly body: Record<string, unknown>;
}

function read(raw: RawAnswer): ApiAnswer {
  return { ...raw, body: JSON.parse(raw.text) as Record<string, unknown> };
}

/** Calls the v2 API of a test's app with a key as Bearer token. */
export async function callApi(
  app: Pick<TestApp, "send">,
  key: string,
  method: string,
  path: string,
  body?: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...more,
  };
  return read(await app.send({ method, path, headers, body: body === undefined ? "" : JSON.stringify(body) }));
}
