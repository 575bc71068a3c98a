import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { expect, it } from "vitest";
import { importMerchantKey } from "../merchants/import-merchant-key.ts";
import { writeKeyUses } from "../merchants/write-key-uses.ts";
import { describeError } from "../seams/log.ts";
import { callApi } from "../testing/call-api.ts";
import { furtherKey, manyRefusals } from "../testing/further-key.ts";
import { tellFigures } from "../testing/tell-figures.ts";
import { sendTo } from "../testing/test-app.ts";
import { openTestCore } from "../testing/test-core.ts";
import { wholeDatabase } from "../testing/whole-database.ts";
import { buildApp } from "./app.ts";

/** The ways in which a secret could stand somewhere. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const raw = secret.startsWith("whsec_") ? [Buffer.from(secret.slice(6), "base64").toString("hex")] : [];
  return [secret, bytes.toString("hex"), bytes.toString("base64"), encodeURIComponent(secret), ...raw];
}

it("keeps no full key, imported key, signing secret or endpoint's secret in database, log, audit or any refusal", async () => {
  const core = await openTestCore({ settings: { ...manyRefusals, KINETICPAY_REQUEST_LOG_DAYS: "30" } });
  const lines: string[] = [];
  const log = pino({ level: "trace", serializers: { err: describeError } }, { write: (line) => lines.push(line) });
  const app = buildApp({ ...core.gateway, log });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const send = sendTo({ host: "127.0.0.1", port: (app.server.address() as AddressInfo).port });
  const manager = await furtherKey(core);
  const imported = "hosted: key/canary+0123456789=end";
  const { collectionId } = core.merchant;
  await importMerchantKey(core.gateway, { kind: "operator", name: "Aminah" }, collectionId, {
    key: imported,
    name: "",
  });
  const secrets = new Set<string>([imported, manager.key, core.merchant.signingSecret]);
  for (const { key } of [core.merchant.apiKey, core.merchant.merchantKey]) secrets.add(key);
  const refusals: string[] = [];
  const call = async (method: string, path: string, body?: unknown, key = manager.key) => {
    // Under a key every answer is kept, those too that show a secret.
    const answer = await callApi({ send }, key, method, `/api/v2${path}`, body, { "idempotency-key": randomUUID() });
    if (answer.status !== 200) refusals.push(answer.text);
    return answer.body as {
      id: string;
      key: string;
      merchant_key: { key: string };
      signing_secret: string;
      secret: string;
    };
  };

  const made = await call("POST", "/api_keys", { name: "Canary", ip_allow_list: ["127.0.0.1"] });
  const rolled = await call("POST", `/api_keys/${made.id}/roll`, { overlap_hours: 1 });
  const collection = await call("POST", "/collections", { name: "Canary", website: "https://canary.example" });
  const endpoint = await call("POST", "/webhook_endpoints", { url: "https://canary.example/hooks" });
  const next = await call("POST", `/webhook_endpoints/${endpoint.id}/roll_secret`, { overlap_hours: 24 });
  await call("POST", `/webhook_endpoints/${endpoint.id}/test`);
  const shown = [
    made.key,
    rolled.key,
    collection.merchant_key.key,
    collection.signing_secret,
    endpoint.secret,
    next.secret,
  ];
  for (const secret of shown) {
    expect(secret.length).toBeGreaterThan(20);
    secrets.add(secret);
  }
  // A key in every place where a hurried developer puts one.
  for (const secret of secrets) {
    await call("GET", "/ping", undefined, secret.replaceAll(" ", ""));
    await call("GET", `/api_keys/${encodeURIComponent(secret)}`);
    await call("GET", `/webhook_endpoints/${encodeURIComponent(secret)}`);
    await call("POST", "/webhook_endpoints", { secret, url: secret, events: [secret] });
    await call("GET", `/payments?api_key=${encodeURIComponent(secret)}`);
    await call("POST", "/payments", { api_key: secret, merchant_key: secret, invoice: 1 });
    const query = new URLSearchParams({ merchant_key: secret, invoice: "1" }).toString();
    for (const path of [`/payment/status?${query}`, `/payment/create?${query}`]) {
      const answer = await send({ method: "POST", path, headers: { "content-type": "application/json" }, body: "{}" });
      if (answer.status !== 200) refusals.push(answer.text);
    }
    const basic = Buffer.from(`${secret}:`).toString("base64");
    const answer = await send({
      method: "GET",
      path: "/nowhere",
      headers: { authorization: `Basic ${basic}` },
      body: "",
    });
    refusals.push(answer.text);
  }
  await call("POST", `/api_keys/${made.id}/revoke`, {});
  await call("GET", "/ping", undefined, made.key);
  await writeKeyUses(core.gateway, true);
  await app.close();

  const database = await wholeDatabase(core.gateway.db);
  expect(database).toContain("api_key.rolled");
  expect(database).toContain("POST /api/v2/collections");
  const places = { database, log: lines.join("\n"), refusals: refusals.join("\n") };
  const searched = [...secrets].flatMap(formsOf).length;
  tellFigures("secrets", { secrets: secrets.size, forms: searched, refusals: refusals.length });
  for (const secret of secrets) {
    for (const form of formsOf(secret)) {
      for (const [place, text] of Object.entries(places)) {
        expect(text.includes(form), `${place} holds ${form.slice(0, 12)}…`).toBe(false);
      }
    }
  }
  await core.close();
});
