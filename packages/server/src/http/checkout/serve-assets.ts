import type { FastifyInstance, FastifyReply } from "fastify";
import type { CheckoutAssets } from "./assets.ts";

function sendScript(reply: FastifyReply, script: string, cacheControl: string): FastifyReply {
  return reply
    .header("content-type", "text/javascript; charset=utf-8")
    .header("cache-control", cacheControl)
    .header("x-content-type-options", "nosniff")
    .send(script);
}

/** GET: the two scripts. One is named for its content; the other's address stands in pages of shops, so it keeps it. */
export function serveAssets(app: FastifyInstance, assets: CheckoutAssets): void {
  app.get(assets.checkoutScriptPath, (_request, reply) =>
    sendScript(reply, assets.checkoutScript, "public, max-age=31536000, immutable"),
  );
  app.get("/assets/submit.js", (_request, reply) => {
    void reply.header("cross-origin-resource-policy", "cross-origin");
    return sendScript(reply, assets.submitScript, "public, max-age=3600");
  });
}
