import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { newSecret, secretBytes, signedHeaders } from "./sign.ts";

test("what is signed here is verified by the library of Standard Webhooks, and nothing that was altered", () => {
  const secret = newSecret();
  const body = '{"id":"evt_1","data":{"name":"Siti 🍵"}}';
  const headers = signedHeaders(secret, "evt_1", body);
  expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
  expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
});

test.each([
  "",
  "whsec_",
  "whsec_c2hvcnQ=",
  "whsec_not base64 at all, and long",
  "kp_test_ThisIsAKeyOfTheApi0123456789",
])("takes %j for no secret", (secret) => {
  expect(() => secretBytes(secret)).toThrow(/secret/);
});
