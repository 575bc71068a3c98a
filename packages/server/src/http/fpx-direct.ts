import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyInstance } from "fastify";
import type { Gateway } from "../gateway.ts";
import { receiveBankMessage } from "../payments/receive-bank-message.ts";

/**
 * Where FPX posts its confirmations, server to server. `OK` means that the message and all it changed are committed;
 * whatever is not authentic, or not ours, is refused and so sent again (`fpx.md` §2.4).
 */
export function registerFpxDirect(app: FastifyInstance, gateway: Gateway): void {
  void app.register(async (bank) => {
    bank.removeAllContentTypeParsers();
    // Any content type, as raw text: the signature is over what arrived, not over what a parser made of it.
    bank.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
    bank.post("/fpx/direct", async (request, reply) => {
      const body = typeof request.body === "string" ? request.body : "";
      const settled = await receiveBankMessage(gateway, "direct", body);
      if (settled === undefined) {
        const path = "/";
        const fault = {
          path,
          code: "field_invalid",
          message: "The message does not verify, or names an order that is not ours.",
          expected: "an AC message signed by FPX for this exchange",
        } as const;
        throw new GatewayError("fields_invalid", { meta: { count: 1, paths: [path] }, fields: [fault] });
      }
      return reply.code(200).header("content-type", "text/plain; charset=utf-8").send("OK");
    });
  });
}
