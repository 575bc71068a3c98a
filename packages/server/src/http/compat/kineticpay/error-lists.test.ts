import { errorCodes } from "@kineticpay/contract/errors/catalogue";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { expect, it } from "vitest";
import { errorLists } from "./error-lists.ts";

it("is a map of lists of sentences for every error there is", () => {
  const anything: never = new Proxy({}, { get: (_target, name) => (name === "scopes" ? ["a"] : 250) }) as never;
  const list = ["a"];
  for (const code of errorCodes) {
    const meta = { scopes: list, accepted: list, allowed: list, paths: list } as never;
    const error = new GatewayError(code, { meta: Object.assign(Object.create(anything), meta) as never });
    const lists = errorLists(error);
    expect(Object.keys(lists), code).toHaveLength(1);
    for (const [name, sentences] of Object.entries(lists)) {
      expect(["merchant_key", "invoice", "amount", "request"]).toContain(name);
      expect(name === "merchant_key").toBe(error.status === 401);
      expect(sentences[0]?.length).toBeGreaterThan(20);
    }
  }
});
