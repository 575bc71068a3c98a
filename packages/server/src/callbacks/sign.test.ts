import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { signStandardWebhook } from "./sign.ts";

const nowS = Math.floor(Date.now() / 1000);
const receiver = (secret: Buffer) => new Webhook(`whsec_${secret.toString("base64")}`);
const headersOf = (secrets: readonly Buffer[], id: string, body: string) => ({
  "webhook-id": id,
  "webhook-timestamp": String(nowS),
  "webhook-signature": signStandardWebhook(secrets, id, nowS, body),
});

it("signs so that an independent Standard Webhooks library accepts it, and nothing that was altered", () => {
  const secret = randomBytes(32);
  const merchant = receiver(secret);
  fc.assert(
    fc.property(fc.json(), fc.stringMatching(/^evt_[0-9A-Z]{26}$/), (body, id) => {
      const headers = headersOf([secret], id, body);
      expect(merchant.verify(body, headers)).toEqual(JSON.parse(body));
      expect(() => merchant.verify(`${body} `, headers)).toThrow();
      expect(() => merchant.verify(body, { ...headers, "webhook-timestamp": String(nowS + 1) })).toThrow();
      expect(() => merchant.verify(body, { ...headers, "webhook-id": `${id}X` })).toThrow();
    }),
  );
});

it("signs with every secret that holds, so that a receiver with any one of them accepts it, and with no other", () => {
  const secrets = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const headers = headersOf(secrets.slice(0, 2), "evt_1", '{"a":1}');
  expect(headers["webhook-signature"].split(" ")).toHaveLength(2);
  for (const secret of secrets.slice(0, 2)) expect(receiver(secret).verify('{"a":1}', headers)).toEqual({ a: 1 });
  for (const secret of secrets.slice(2)) expect(() => receiver(secret).verify('{"a":1}', headers)).toThrow();
});
