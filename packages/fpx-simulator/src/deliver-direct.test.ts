import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { replyFields } from "./testing/merchant.ts";
import { startTrial, type Trial, until } from "./testing/trial.ts";

const directory = mkdtempSync(join(tmpdir(), "fpx-resend-"));
const resendLimit = 12;
let trial: Trial;
beforeEach(async () => {
  trial = await startTrial({ dataDirectory: directory, resendLimit });
  await trial.control("POST", "/reset");
});
afterEach(() => trial.close());
afterAll(() => rmSync(directory, { recursive: true }));

const codes = (one: Trial) => one.gateway.received.map(({ fields }) => fields["fpx_debitAuthCode"]);

test("a direct AC is resent, byte for byte the same, until the answer is exactly OK", async () => {
  const { gateway } = trial;
  gateway.answers.push(
    { status: 500, body: "OK" },
    { status: 201, body: "OK" },
    { status: 200, body: "ok" },
    { status: 200, body: "OK\n" },
    { status: 200, body: " OK" },
    { status: 200, body: "FAILED" },
  );
  const authorisation = await trial.approve();
  const orderNo = authorisation["fpx_sellerExOrderNo"] ?? "";
  await until(async () => (await trial.describe(orderNo)).direct_waiting === 0);
  const described = await trial.describe(orderNo);
  expect(described.deliveries).toMatchObject([{ state: "acknowledged", attempts: 7 }]);
  const bodies = described.messages.filter(({ route }) => route === "direct").map(({ body }) => body);
  expect(bodies).toHaveLength(7);
  expect(new Set(bodies).size).toBe(1);
});

test("a direct AC that is never acknowledged is given up after the limit", async () => {
  trial.gateway.answers.push(...Array.from({ length: 50 }, () => ({ status: 500, body: "" })));
  const authorisation = await trial.approve();
  const orderNo = authorisation["fpx_sellerExOrderNo"] ?? "";
  await until(async () => (await trial.describe(orderNo)).deliveries[0]?.state === "given_up");
  expect(trial.gateway.received).toHaveLength(resendLimit);
});

test("what the gateway could not be told is told after a restart, and AE tells the same as before", async () => {
  const { gateway, merchant, simulator } = trial;
  gateway.answers.push(...Array.from({ length: 3 }, () => ({ status: 503, body: "" })));
  const authorisation = await trial.approve();
  const told = await merchant.enquire(simulator.url, authorisation);
  await simulator.close();
  gateway.answers.length = 0;
  gateway.received.length = 0;
  trial = await startTrial({ dataDirectory: directory }, { gateway, merchant });
  await until(() => gateway.received.length > 0);
  expect(gateway.received[0]).toMatchObject({ isAuthentic: true, path: "/fpx/direct" });
  expect(await merchant.enquire(trial.simulator.url, authorisation)).toBe(told);
});

test("a journal whose last line was torn loses that line only, and takes new lines", async () => {
  const { gateway, merchant, simulator } = trial;
  const first = await trial.approve();
  await simulator.close();
  appendFileSync(join(directory, "journal.ndjson"), '{"kind":"transaction","value":{"orderNo":"to');
  trial = await startTrial({ dataDirectory: directory }, { gateway, merchant });
  const second = await trial.approve();
  await trial.simulator.close();
  trial = await startTrial({ dataDirectory: directory }, { gateway, merchant });
  for (const authorisation of [first, second]) {
    const told = replyFields(await merchant.enquire(trial.simulator.url, authorisation));
    expect(told["fpx_debitAuthCode"]).toBe("00");
    const { messages } = await trial.describe(authorisation["fpx_sellerExOrderNo"] ?? "");
    expect(messages.map(({ type, route }) => `${type} ${route}`).slice(0, 2)).toEqual(["AR browser", "AC direct"]);
  }
});

test("a late success that was still to come when the simulator stopped comes after its restart", async () => {
  const { gateway, merchant, simulator } = trial;
  await trial.control("POST", "/scripts", { match: { any: true }, code: "51", late_success_after_ms: 500 });
  await trial.approve();
  await simulator.close();
  expect(codes(trial)).toEqual(["51"]);
  trial = await startTrial({ dataDirectory: directory }, { gateway, merchant });
  await until(() => gateway.received.length === 2);
  expect(codes(trial)).toEqual(["51", "00"]);
});

test("a buyer who was at the bank during a restart finds the same page again", async () => {
  const { gateway, merchant, simulator } = trial;
  const path = await trial.start(merchant.authorise());
  const before = await trial.page(path);
  await simulator.close();
  trial = await startTrial({ dataDirectory: directory }, { gateway, merchant });
  expect(await trial.page(path)).toBe(before);
});

test("messages wait without being counted while nobody has told the gateway's address", async () => {
  const parts = { gateway: trial.gateway, merchant: trial.merchant, tellsGatewayUrl: false } as const;
  await trial.simulator.close();
  trial = await startTrial({ dataDirectory: directory, resendDelaysMs: [60_000] }, parts);
  const orderNo = (await trial.approve())["fpx_sellerExOrderNo"] ?? "";
  expect((await trial.describe(orderNo)).deliveries).toMatchObject([{ state: "waiting", attempts: 0 }]);
  trial.simulator.setGatewayUrl(`${trial.gateway.url}/`);
  await until(async () => (await trial.describe(orderNo)).deliveries[0]?.state === "acknowledged");
  expect(codes(trial)).toEqual(["00"]);
});

test("stopping takes at most 300 ms with open connections, slow answers and a gateway that never answers", async () => {
  const silentServer = createServer(() => undefined);
  await new Promise<void>((resolve) => silentServer.listen(0, "127.0.0.1", resolve));
  trial.simulator.setGatewayUrl(`http://127.0.0.1:${(silentServer.address() as AddressInfo).port}`);
  await trial.control("POST", "/scripts", { match: { any: true }, ae: "slow" });
  const authorisation = trial.merchant.authorise();
  const path = await trial.start(authorisation);
  const decision = trial.press(`${path}/decide`, { action: "approve" }).catch(() => undefined);
  const enquiry = trial.merchant.enquire(trial.simulator.url, authorisation).catch(() => undefined);
  const orderNo = authorisation["fpx_sellerExOrderNo"] ?? "";
  const asked = async () => (await trial.describe(orderNo)).messages.some(({ type }) => type === "AE");
  await until(async () => (await asked()) && (await trial.describe(orderNo)).direct_waiting === 1);
  const started = performance.now();
  await trial.simulator.close();
  expect(performance.now() - started).toBeLessThan(300);
  await Promise.all([decision, enquiry]);
  silentServer.closeAllConnections();
  silentServer.close();
});

test("keys and journal are readable by their owner alone", async () => {
  await trial.approve();
  for (const file of ["exchange-key.pem", "journal.ndjson", "certificates/simulator.cer"]) {
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
  }
});
