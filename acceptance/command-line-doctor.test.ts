import { spawn } from "node:child_process";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "./harness/free-port.ts";
import { openFront } from "./harness/front.ts";
import { newTypist, type Ran, type RunOptions, type Typist } from "./harness/kineticpay.ts";
import { operate } from "./harness/operator.ts";
import { projectFolder } from "./harness/program.ts";
import { openStage, type Stage } from "./harness/stage.ts";
import { until } from "./harness/until.ts";

let stage: Stage;
let typist: Typist;
const opened: (() => unknown)[] = [];
beforeAll(async () => {
  stage = await openStage();
  typist = await newTypist(path.dirname(stage.gateway.dataDirectory));
});
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});
afterAll(async () => {
  await typist.leave();
  await stage.close();
});

interface Finding {
  readonly check: string;
  readonly health: "ok" | "warning" | "fault" | "skipped";
  readonly detail: string;
  readonly fix: string | null;
  readonly code?: string;
}
async function examine(words: readonly string[] = [], options: RunOptions = {}) {
  const { code, stdout } = await typist.run(["doctor", "--json", ...words], options);
  const findings = JSON.parse(stdout) as Finding[];
  return { code, findings, faults: findings.filter(({ health }) => health === "fault") };
}
/** One fault, by its name, with a fix, and 3 in the end. */
async function expectFault(check: string, fix: RegExp, words: readonly string[] = [], options: RunOptions = {}) {
  const { code, faults } = await examine(words, options);
  expect({ code, checks: faults.map((each) => each.check) }).toEqual({ code: 3, checks: [check] });
  expect(faults[0]?.fix).toMatch(fix);
  return faults[0];
}
const at = (url: string, key = stage.gateway.access.api_key): RunOptions => ({
  environment: { KINETICPAY_API_KEY: key, KINETICPAY_BASE_URL: url },
});
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const access = () => stage.gateway.access;

test("a healthy sandbox has every check in order, and 0 in the end", async () => {
  const { code, findings } = await examine();
  expect({ code, wrong: findings.filter(({ health }) => health !== "ok") }).toEqual({ code: 0, wrong: [] });
  const looked = ["profile", "reach", "TLS", "clock", "key", "mode", "switch", "address", "scopes", "call", "banks"];
  expect(findings.map(({ check }) => check)).toEqual([...looked, "webhooks", "signature"]);
});

test("it finds that nobody listens, and that something else than a gateway does", async () => {
  await expectFault("reach", /start the gateway/, [], at(`http://127.0.0.1:${await freePort()}`));
  // A stranger is not shown the key.
  const shown: unknown[] = [];
  const stranger = await serve(({ headers }, answer) => {
    shown.push(headers.authorization);
    answer.end("<p>hello");
  });
  await expectFault("reach", /another program has that port/, [], at(stranger));
  expect(new Set(shown)).toEqual(new Set([undefined]));
});

test("it finds a key that nobody was given, and one of the other mode", async () => {
  const unknown = await expectFault(
    "key",
    /take a key of this gateway/,
    [],
    at(stage.gateway.url, "kp_test_ThisKeyWasNeverIssuedByAnybody0JWn65"),
  );
  expect(unknown?.code).toBe("key_invalid");
  const { faults } = await examine([], at(stage.gateway.url, `kp_live_${access().api_key.slice(8)}`));
  expect(faults.map(({ check }) => check)).toEqual(["mode"]);
  expect(faults[0]?.code).toBe("key_wrong_mode");
});

test("it finds an API that is switched off, and says how to switch it on", async () => {
  const { collection_id: id } = access();
  await operate(stage.gateway, ["api", "disable", id]);
  const found = async () => (await examine()).faults.map(({ check }) => check);
  await until("the switch to count everywhere", async () => (await found()).includes("switch"));
  await expectFault("switch", /api enable/);
  await operate(stage.gateway, ["api", "enable", id]);
  await until("the switch to count again", async () => (await found()).length === 0);
});

test("it finds that calls from here are on no allow-list, and says what to add", async () => {
  const who = await stage.gateway.api.call<{ key: { id: string } }>("GET", "/api/v2/whoami");
  const { id } = who.body.key;
  await operate(stage.gateway, ["allow-list", "add", id, "203.0.113.9"]);
  const found = async () => (await examine()).faults.map(({ check }) => check);
  await until("the list to count everywhere", async () => (await found()).includes("address"));
  await expectFault("address", /allow-list add .* 127\.0\.0\.1/);
  await operate(stage.gateway, ["allow-list", "set", id, "--everyone"]);
  await until("the list to count again", async () => (await found()).length === 0);
});

test("it finds a clock that is off, by how much, and a certificate that nobody vouches for", async () => {
  const fast = await openFront(stage.gateway.url, { clockOffByMs: 600_000 });
  opened.push(fast.close);
  const clock = await expectFault("clock", /set this machine's clock/, [], at(fast.url));
  expect(clock?.detail).toMatch(/(59\d|600) s behind the gateway's/);
  const secure = await openFront(stage.gateway.url, { isSecure: true });
  opened.push(secure.close);
  const { code, faults } = await examine([], at(secure.url));
  expect({ code, checks: faults.map(({ check }) => check) }).toEqual({ code: 3, checks: ["reach", "TLS"] });
  expect(faults[1]).toMatchObject({
    code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    fix: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
});

test("it finds that a key would travel in plain sight", async () => {
  const { port } = new URL(stage.gateway.url);
  await expectFault("TLS", /use https/, [], at(`http://0.0.0.0:${port}`));
});

test("it finds a secret that is none, a shop that verifies nothing, and one that refuses everything", async () => {
  const cut = { environment: { KINETICPAY_WEBHOOK_SECRET: "whsec_tooshort" } };
  expect((await expectFault("signature", /copy it whole/, [], cut))?.code).toBe("secret_malformed");
  const trusting = await serve((_call, answer) => answer.writeHead(200).end());
  await expectFault("signature", /verify the signature/, ["--shop", `${trusting}/hooks`]);
  const refusing = await serve((_call, answer) => answer.writeHead(401).end());
  await expectFault("signature", /give the shop this secret/, ["--shop", `${refusing}/hooks`]);
});

test("its report can be shown to others: neither key nor secret, neither names nor hosts are in it, and the faults are", async () => {
  const secret = (await typist.run(["listen", "--print-secret"])).stdout.trim();
  const trusting = await serve((_call, answer) => answer.writeHead(200).end());
  const report = await typist.run(["doctor", "--report", "--shop", `${trusting}/hooks`]);
  expect(report.code).toBe(3);
  expect(report.stdout).toMatch(/\| signature \| FAULT \|/);
  const who = await stage.gateway.api.call<{ merchant: { name: string }; collection: { id: string } }>(
    "GET",
    "/api/v2/whoami",
  );
  for (const secretWord of [access().api_key, secret, who.body.merchant.name, who.body.collection.id, typist.home]) {
    expect(report.stdout).not.toContain(secretWord);
  }
  const dead = await typist.run(["doctor", "--report"], at("https://pay.secret-shop.example"));
  expect(dead.stdout).toContain("https://[host]");
  expect(dead.stdout).not.toContain("secret-shop");
}, 60_000);

test("certify fails a shop that trusts everybody, trial by trial with a fix, and passes the example shop whole, and scores one that refuses everything with nothing", async () => {
  const orders = new Map<string, { paid: number }>();
  const trusting = await serve((call, answer) => {
    const name = call.url?.split("/").pop() ?? "";
    let text = "";
    call.on("data", (chunk) => {
      text += String(chunk);
    });
    call.on("end", () => {
      if (call.method === "GET") {
        answer.end(JSON.stringify(orders.get(name) ?? { paid: 0 }));
        return;
      }
      const { type, data } = JSON.parse(text) as { type: string; data: { invoice: string } };
      const order = orders.get(data.invoice) ?? { paid: 0 };
      if (type === "payment.paid") order.paid += 1;
      orders.set(data.invoice, order);
      answer.writeHead(200).end();
    });
  });
  const port = await freePort();
  const secret = (await typist.run(["listen", "--print-secret"])).stdout.trim();
  const { api_key: key } = access();
  const shop = spawn(process.execPath, [path.join(projectFolder, "examples/tea-shop/shop.mjs")], {
    env: {
      PORT: String(port),
      KINETICPAY_WEBHOOK_SECRET: secret,
      KINETICPAY_API_KEY: key,
      KINETICPAY_BASE_URL: stage.gateway.url,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  opened.push(() => shop.kill());
  await new Promise((resolve) => shop.stdout.once("data", resolve));
  const certify = (url: string) =>
    typist.run(["certify", `${url}/webhooks`, "--orders-url", `${url}/orders/{invoice}`, "--json"]);
  const refusing = await serve((_call, answer) => answer.writeHead(401).end());
  const shops = [trusting, refusing, `http://127.0.0.1:${port}`];
  const [bad, deaf, good] = (await Promise.all(shops.map(certify))) as [Ran, Ran, Ran];
  interface Score {
    readonly score: number;
    readonly of: number;
    readonly trials: readonly { readonly trial: string; readonly passed: boolean; readonly fix: string | null }[];
  }
  const failed = (JSON.parse(bad.stdout) as Score).trials.filter(({ passed }) => !passed);
  expect(bad.code).toBe(3);
  expect(failed.map(({ trial }) => trial)).toEqual(["duplicate", "at-once", "unsigned", "forged", "altered", "stale"]);
  for (const { fix } of failed) expect(fix?.length).toBeGreaterThan(20);
  // That a shop refuses everything is no security.
  expect({ code: deaf.code, score: (JSON.parse(deaf.stdout) as Score).score }).toEqual({ code: 3, score: 0 });
  const { score, of, trials } = JSON.parse(good.stdout) as Score;
  expect({ code: good.code, failed: trials.filter(({ passed }) => !passed) }).toEqual({ code: 0, failed: [] });
  expect(score).toBe(of);
}, 90_000);

test("certify says it when no shop is there", async () => {
  const nobody = await typist.run(["certify", `http://127.0.0.1:${await freePort()}/webhooks`]);
  expect(nobody).toMatchObject({ code: 1, stdout: "" });
  expect(nobody.stderr).toMatch(/^✗ shop_unreachable: .*nobody listens there/);
});
