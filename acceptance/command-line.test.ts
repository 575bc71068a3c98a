import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newInvoice } from "./harness/api.ts";
import { newTypist, type Typist } from "./harness/kineticpay.ts";
import { openStage, type Stage } from "./harness/stage.ts";

let stage: Stage;
let typist: Typist;
let elsewhere: string;
beforeAll(async () => {
  stage = await openStage();
  typist = await newTypist(path.dirname(stage.gateway.dataDirectory));
  elsewhere = await mkdtemp(path.join(tmpdir(), "kp-elsewhere-"));
});
afterAll(async () => {
  await typist.leave();
  await rm(elsewhere, { recursive: true, force: true });
  await stage.close();
});

interface Told {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly next: string | null;
    readonly request_id: string | null;
    readonly exit_code: number;
  };
}

const unknownKey = "kp_test_ThisKeyWasNeverIssuedByAnybody0JWn65";
const isColoured = (text: string) => text.includes("\u001b[");

test("help is data, and the help of each command leads with two examples of that very command", async () => {
  const all = await typist.run([]);
  expect(all).toMatchObject({ code: 0, stderr: "" });
  expect(await typist.run(["--help"])).toEqual(all);
  const listed = /\nCommands\n([\s\S]*?)\n\n/.exec(all.stdout)?.[1] ?? "";
  const names = listed.split("\n").map((line) => line.trim().split(/ {2,}/)[0] ?? "");
  expect(names.length).toBeGreaterThan(18);
  const helps = await Promise.all(names.map((name) => typist.run([...name.split(" "), "--help"])));
  for (const [i, help] of helps.entries()) {
    const name = names[i] ?? "";
    const examples = /\nExamples\n((?: {2}\$ .*\n)+)/.exec(help.stdout)?.[1]?.trimEnd().split("\n") ?? [];
    expect(help, name).toMatchObject({ code: 0, stderr: "" });
    expect(examples.length, name).toBeGreaterThanOrEqual(2);
    for (const example of examples) expect(example, name).toContain(`kineticpay ${name}`);
    expect(help.stdout.indexOf("Examples"), name).toBeLessThan(help.stdout.indexOf("Usage"));
  }
});

test.each([
  [["paymnts", "list"], "payments"],
  [["payments", "lst"], "list"],
  [["payments", "list", "--stauts", "paid"], "--status"],
  [["payments", "list", "--status", "payed"], "paid"],
  [["payments", "get"], "id"],
  [["payments", "create", "--amount", "12.50"], "1250"],
  [["trigger", "lat-success"], "late-success"],
  [["trigger", "payed"], "Did you mean paid?"],
  [["listen", "--events", "payment.payed"], "payment.payed"],
])(
  "%j is not understood: 64, nothing on standard output, and the nearest word on standard error",
  async (words, near) => {
    const { code, stdout, stderr } = await typist.run(words);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr).toContain(near);
    expect(stderr).toMatch(/Next +kineticpay/);
  },
);

test("payments are asked for, shown, listed and withdrawn with the sandbox's own key, found by itself", async () => {
  const invoice = newInvoice();
  const made = await typist.json<PaymentView>(["payments", "create", "--amount", "RM12.50", "--invoice", invoice]);
  expect(made).toMatchObject({ amount: 1250, invoice, status: "open" });
  expect(await stage.gateway.api.get(made.id)).toEqual(made);
  const shown = await typist.run(["payments", "get", made.id]);
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  for (const part of [made.id, "RM 12.50", invoice, made.checkout_url]) expect(shown.stdout).toContain(part);
  const listed = await typist.run(["payments", "list", "--invoice", invoice, "--fields", "id,status"]);
  expect(JSON.parse(listed.stdout)).toEqual([{ id: made.id, status: "open" }]);
  expect(await typist.json(["payments", "cancel", made.id])).toMatchObject({ status: "cancelled" });
  const none = await typist.run(["payments", "list", "--invoice", newInvoice()]);
  expect(none).toEqual({ code: 0, stdout: "", stderr: "No such payments.\n" });
  const banks = await typist.run(["banks"]);
  expect(banks.stdout).toContain("MB2U0227");
  expect(banks.stdout).not.toContain("As of");
  expect(banks.stderr).toContain("As of");
});

test("colours are for terminals, for who asks for them, and never for NO_COLOR or --no-color", async () => {
  const coloured = { FORCE_COLOR: "1" };
  expect(isColoured((await typist.run(["errors"])).stdout)).toBe(false);
  expect(isColoured((await typist.run(["errors"], { environment: coloured })).stdout)).toBe(true);
  const both = { ...coloured, NO_COLOR: "1" };
  expect(isColoured((await typist.run(["errors"], { environment: both })).stdout)).toBe(false);
  expect(isColoured((await typist.run(["errors", "--no-color"], { environment: coloured })).stdout)).toBe(false);
  expect(isColoured((await typist.run(["errors", "nonsense"], { environment: coloured })).stderr)).toBe(true);
});

test("a key that the gateway refuses ends with 4, code, cause, next command and request id, on standard error alone", async () => {
  const environment = { KINETICPAY_API_KEY: unknownKey, KINETICPAY_BASE_URL: stage.gateway.url };
  const words = await typist.run(["payments", "list"], { environment, folder: elsewhere });
  expect(words).toMatchObject({ code: 4, stdout: "" });
  expect(words.stderr).toMatch(/^✗ key_invalid: .{20,}\n {2}Next +kineticpay doctor\n {2}Request +req_/);
  expect(words.stderr).not.toContain(unknownKey);
  const told = await typist.run(["payments", "list", "--json"], { environment, folder: elsewhere });
  expect(told).toMatchObject({ code: 4, stdout: "" });
  const { error } = JSON.parse(told.stderr) as Told;
  expect(error).toMatchObject({ code: "key_invalid", exit_code: 4, next: "kineticpay doctor" });
  const explained = await typist.json<{ outcome: string; fix: string[] }>(["explain", error.request_id ?? ""]);
  expect(explained.outcome).toBe("failed");
  expect(explained.fix.length).toBeGreaterThan(0);
});

test("bad fields are all named, each with what was expected, and the call can be explained", async () => {
  const words = ["payments", "create", "--amount", "1250", "--success-url", "here", "--callback-url", "there"];
  const { code, stdout, stderr } = await typist.run(words);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^✗ fields_invalid: /);
  for (const field of ["/success_url", "/callback_url"]) expect(stderr).toMatch(new RegExp(`${field} .*Expected: `));
  const id = /kineticpay explain (req_\w+)/.exec(stderr)?.[1] ?? "";
  const explained = await typist.run(["explain", id]);
  expect(explained.code).toBe(0);
  expect(explained.stdout).toContain("Send this instead\ncurl");
});

test("without a key, and where nobody answers, it says so and what to do, and asks nobody anything", async () => {
  const none = await typist.run(["payments", "list"], { folder: elsewhere });
  expect(none).toMatchObject({ code: 4, stdout: "" });
  expect(none.stderr).toMatch(/^✗ key_missing: /);
  expect(none.stderr).toContain("kineticpay dev");
  const environment = { KINETICPAY_API_KEY: unknownKey, KINETICPAY_BASE_URL: "http://127.0.0.1:9" };
  const dead = await typist.run(["payments", "get", "pay_1"], { environment, folder: elsewhere });
  expect(dead).toMatchObject({ code: 1, stdout: "" });
  expect(dead.stderr).toMatch(/^✗ connection_failed: [\s\S]*Next +kineticpay dev/m);
});

test("a key that was kept for one address is never sent to another", async () => {
  const calls: (string | undefined)[] = [];
  const stranger = createServer((request, response) => {
    calls.push(request.headers.authorization);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const add = ["profiles", "add", "elsewhere", "--base-url", "https://pay.example.my", "--api-key-stdin"];
  expect((await typist.run(add, { input: unknownKey })).code).toBe(0);
  for (const words of [
    ["payments", "list", "--base-url", url],
    ["payments", "list", "--base-url", url, "--profile", "elsewhere"],
  ]) {
    expect([4, 64]).toContain((await typist.run(words)).code);
  }
  const environment = { KINETICPAY_BASE_URL: url };
  expect((await typist.run(["payments", "list"], { environment })).code).toBe(4);
  expect(calls).toEqual([]);
  await typist.run(["payments", "get", "pay_1", "--base-url", url, "--api-key-stdin"], { input: `${unknownKey}\n` });
  expect(new Set(calls)).toEqual(new Set([`Bearer ${unknownKey}`]));
  await typist.run(["profiles", "remove", "elsewhere"]);
  stranger.close();
});

test("profiles keep keys in a file that nobody else may read, show only their ends, and are refused when others may", async () => {
  const { access, url } = stage.gateway;
  const add = await typist.run(["profiles", "add", "shop", "--base-url", url, "--api-key-stdin"], {
    input: `${access.api_key}\n`,
    folder: elsewhere,
  });
  expect(add.code).toBe(0);
  expect(`${add.stdout}${add.stderr}`).not.toContain(access.api_key);
  const file = path.join(typist.home, "config/kineticpay/profiles.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const listed = await typist.json<{ name: string; key: string; default: boolean }[]>(["profiles", "list"]);
  expect(listed).toEqual([{ name: "shop", base_url: url, key: `kp_test_…${access.api_key.slice(-4)}`, default: true }]);
  expect((await typist.run(["payments", "list", "--json"], { folder: elsewhere })).code).toBe(0);
  expect((await typist.run(["payments", "list", "--profile", "shp"])).stderr).toContain('Did you mean "shop"?');
  await chmod(file, 0o644);
  const readable = await typist.run(["payments", "list"], { folder: elsewhere });
  expect(readable).toMatchObject({ code: 1, stdout: "" });
  expect(readable.stderr).toContain(`chmod 600 ${file}`);
  await chmod(file, 0o600);
  expect((await typist.run(["profiles", "remove", "shop"])).code).toBe(0);
  expect((await typist.run(["payments", "list"], { folder: elsewhere })).code).toBe(4);
});

test("errors are explained where there is neither gateway nor key, and the nearest code is named", async () => {
  const page = await typist.run(["errors", "ip_not_allowed"], { folder: elsewhere });
  expect(page).toMatchObject({ code: 0, stderr: "" });
  expect(page.stdout).toMatch(/401 +authentication_error[\s\S]*What it means[\s\S]*Causes/);
  const wrong = await typist.run(["errors", "ip_not_alowed"], { folder: elsewhere });
  expect(wrong).toMatchObject({ code: 1, stdout: "" });
  expect(wrong.stderr).toContain("kineticpay errors ip_not_allowed");
});

test("the calls that the gateway saw are shown by filters, as lines or one JSON object a line", async () => {
  await stage.gateway.api.call("GET", "/api/v2/payments/pay_nowhere");
  const options = ["logs", "tail", "--no-follow", "--path", "pay_nowhere", "--status", "4xx"];
  const words = await typist.run(options);
  expect(words.code).toBe(0);
  expect(words.stdout).toMatch(/404 {2}GET {3}\/api\/v2\/payments\/pay_nowhere .* resource_missing\n$/);
  const lines = (await typist.run([...options, "--json"])).stdout.trim().split("\n");
  const logged = lines.map((line) => JSON.parse(line) as { status: number; path: string });
  expect(logged.length).toBeGreaterThan(0);
  for (const { status, path: called } of logged)
    expect([status, called]).toEqual([404, "/api/v2/payments/pay_nowhere"]);
  expect((await typist.run([...options.slice(0, 3), "--status", "200", "--path", "pay_nowhere"])).stdout).toBe("");
});
