import { errorCodes } from "@kineticpay/contract/errors/catalogue";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { expect, it } from "vitest";
import { routes } from "../http/routes/index.ts";
import { sampleFailure } from "../http/sample-failure.ts";
import { redactFailure } from "./redact-failure.ts";

const secret = "kp_test_0123456789abcdefghijklmnopqrstuvwxyz";

it("keeps every value that the gateway itself chose, for each code of the catalogue", async () => {
  for (const code of errorCodes) {
    const failure = await sampleFailure(code);
    const kept = redactFailure(failure, []);
    expect(JSON.stringify(kept), code).not.toMatch(/\(text of|\(not kept\)/);
    expect(kept.meta["accepted"], code).toEqual(failure.meta["accepted"]);
  }
});

it("keeps every address of the gateway", () => {
  for (const { url, method } of routes) {
    const unknown = new GatewayError("route_unknown", { meta: { method, path: "/api/v2/x", nearest: url } });
    expect(redactFailure(unknown, []).meta["nearest"]).toBe(url);
  }
});

it.each([
  ["media_type_unsupported", { received: "", accepted: ["application/vnd.my-own", secret, "Siti binti Ahmad"] }],
  ["amount_out_of_range", { amount: 1, minimum: 100, maximum: 200, model: "Siti binti Ahmad" }],
  ["amount_out_of_range", { amount: 1, minimum: 100, maximum: 200, model: `b2c/${secret}` }],
  ["route_unknown", { method: "GET", path: "/api/v2/x", nearest: `/api/v2/${secret}` }],
  ["route_unknown", { method: "GET", path: "/api/v2/x", nearest: "/api/v2/Siti binti Ahmad" }],
  ["route_unknown", { method: "GET", path: "/api/v2/x", nearest: `Siti ${secret}` }],
  ["idempotency_key_reused", { differs: "body", route: `POST /api/v2/${secret}`, first_used_at: "", request: "" }],
  ["idempotency_key_reused", { differs: "body", route: `SITI ${secret}`, first_used_at: "", request: "" }],
])("lets nothing else through where the gateway's own values stand: %s %o", (code, meta) => {
  const text = JSON.stringify(redactFailure(new GatewayError(code as "internal_error", { meta: meta as never }), []));
  for (const part of [secret, "Siti", "vnd"]) expect(text).not.toContain(part);
});
