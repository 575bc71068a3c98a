import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { signStandardWebhook } from "./sign.ts";

it("signs so that an independent Standard Webhooks library accepts it", () => {
  const secret = randomBytes(32);
  const merchant = new Webhook(`whsec_${secret.toString("base64")}`);
  const nowS = Math.floor(Date.now() / 1000);
  fc.assert(
    fc.property(fc.json(), fc.stringMatching(/^evt_[0-9A-Z]{26}$/), (body, id) => {
      const headers = {
        "webhook-id": id,
        "webhook-timestamp": String(nowS),
        "webhook-signature": signStandardWebhook(secret, id, nowS, body),
      };
      expect(merchant.verify(body, headers)).toEqual(JSON.parse(body));
      expect(() => merchant.verify(`${body} `, headers)).toThrow();
      expect(() => merchant.verify(body, { ...headers, "webhook-timestamp": String(nowS + 1) })).toThrow();
      expect(() => merchant.verify(body, { ...headers, "webhook-id": `${id}X` })).toThrow();
    }),
  );
});
