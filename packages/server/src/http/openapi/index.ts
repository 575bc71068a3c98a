import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import type { Gateway } from "../../gateway.ts";
import { publicUrl } from "../../payments/payment-view.ts";

/** The committed document, which lies as far from `src` as from `dist`. A test holds it to the routes. */
export const documentFile = new URL("../../../../../docs/openapi.json", import.meta.url);

/** The document as this gateway serves it: the committed one, with its own address as the only server. */
export function servedDocument(text: string, gateway: Gateway): string {
  const document = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return JSON.stringify({ ...document, servers: [{ url: publicUrl(gateway) }] });
}

/** GET /openapi.json, for everybody. Read when it is first asked for. */
export function registerOpenapi(app: FastifyInstance, gateway: Gateway): void {
  let served: Promise<string> | undefined;
  app.get("/openapi.json", { exposeHeadRoute: true }, async (_request, reply) => {
    served ??= readFile(documentFile, "utf8").then((text) => servedDocument(text, gateway));
    return reply
      .header("content-type", "application/json; charset=utf-8")
      .header("cache-control", "public, max-age=300")
      .send(await served);
  });
}
