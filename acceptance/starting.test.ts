import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { newBuyer } from "./harness/buyer.ts";
import { environmentOf, type Gateway, readAccess, startGateway } from "./harness/gateway.ts";
import { type Program, startCommand, startProgram } from "./harness/program.ts";
import { payAtBank } from "./harness/stage.ts";
import { until } from "./harness/until.ts";

const program = "packages/server/dist/main.js";
let parent: string;
/** It serves all tests, each of which leaves it running. */
let gateway: Gateway;
const programs: Program[] = [];

beforeAll(async () => {
  parent = await mkdtemp(path.join(tmpdir(), "kp-starting-"));
  gateway = await startGateway({ dataDirectory: path.join(parent, "shared", "data") });
});
afterEach(async () => {
  for (const each of programs.splice(0)) {
    each.process.kill("SIGTERM");
    await each.ended;
  }
});
afterAll(async () => {
  await gateway.dispose();
  await rm(parent, { recursive: true, force: true });
});

/** Starts the program with these settings alone and waits for its end; what it says on the way out. */
async function failedStart(settings: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const started = startProgram(program, settings);
  programs.push(started);
  const { code } = await started.ended;
  await until("what it says", () => started.stderr() !== "");
  return { code, said: started.stderr() };
}

/** Processes whose command line names the folder, such as a database left behind. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.includes(folder)) found.push(line.replaceAll("\0", " "));
  }
  return found;
}

test("a first start makes the keys, and writes and prints them; the file is its owner's alone", async () => {
  const { access, program: running } = gateway;
  expect(access.base_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(access.api_key).toMatch(/^kp_test_[0-9A-Za-z]{36}$/);
  expect(access.signing_secret).toMatch(/^whsec_/);
  for (const value of [
    access.base_url,
    access.simulator_url,
    access.api_key,
    access.merchant_key,
    access.collection_id,
  ]) {
    expect(running.stdout()).toContain(value);
  }
  expect(running.stdout()).toContain(access.curl);
  const file = path.join(gateway.dataDirectory, "sandbox.json");
  expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
  expect(((await stat(gateway.dataDirectory)).mode & 0o777).toString(8)).toBe("700");
  console.info(`ready on an empty folder after ${gateway.startedInMs} ms`);
});

test("the printed curl line makes a first payment as it stands", async () => {
  const curl = startCommand("sh", ["-c", gateway.access.curl], {});
  expect((await curl.ended).code).toBe(0);
  const body = await until("the answer", () => curl.stdout().trim());
  expect(JSON.parse(body)).toMatchObject({ object: "payment", status: "open", amount: 1250, invoice: "10001" });
});

test("SIGTERM ends an idle gateway, its simulator and its database at once; the next start has the same keys and payments", async () => {
  const payment = await gateway.api.create();
  const { access } = gateway;
  // A keep-alive connection must not hold the gateway back.
  expect((await gateway.api.call("GET", "/api/v2/ping")).status).toBe(200);
  const stopped = await gateway.stop();
  console.info(`SIGTERM when idle: ended after ${stopped.tookMs} ms`);
  expect(stopped).toMatchObject({ code: 0, signal: null });
  // Promised is 1 s; the rest is for a machine that is busy with other tests.
  expect(stopped.tookMs).toBeLessThan(5_000);
  expect(await processesOf(gateway.dataDirectory)).toEqual([]);
  await gateway.start();
  console.info(`ready on an existing folder after ${gateway.startedInMs} ms`);
  expect(await readAccess(gateway.dataDirectory)).toEqual(access);
  expect(await gateway.api.get(payment.id)).toEqual(payment);
});

test("an interrupt from the keyboard ends it just so", async () => {
  gateway.program.process.kill("SIGINT");
  expect(await gateway.program.ended).toEqual({ code: 0, signal: null });
  expect(await processesOf(gateway.dataDirectory)).toEqual([]);
  await gateway.start();
});

test("a stop while a request is under way lets it finish, and refuses new ones by the contract or not at all", async () => {
  const creations = Array.from({ length: 20 }, () => gateway.api.create().then((payment) => payment.id));
  await Promise.any(creations);
  const stopped = gateway.stop();
  const settled = await Promise.allSettled(creations);
  expect(await stopped).toMatchObject({ code: 0 });
  await gateway.start();
  for (const each of settled) {
    if (each.status === "fulfilled") expect((await gateway.api.get(each.value)).id).toBe(each.value);
  }
});

test("a second gateway on the same folder is refused, named the holder, and leaves the first one serving", async () => {
  const { code, said } = await failedStart(await environmentOf(gateway.dataDirectory));
  expect(code).toBe(1);
  expect(said).toContain(gateway.dataDirectory);
  expect(said).toContain(String(gateway.program.pid));
  expect(said).not.toMatch(/\n\s+at /);
  expect((await gateway.api.call("GET", "/api/v2/ping")).status).toBe(200);
});

test("a port that is taken is named, with the setting that moves it", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const port = String((other.address() as AddressInfo).port);
  for (const name of ["PORT", "KINETICPAY_SIMULATOR_PORT"]) {
    const settings = await environmentOf(path.join(parent, `taken-${name}`), { [name]: port });
    const { code, said } = await failedStart(settings);
    expect(code).toBe(1);
    expect(said).toContain(port);
    expect(said).toContain(name);
  }
  expect(await processesOf(path.join(parent, "taken"))).toEqual([]);
  await new Promise((resolve) => other.close(resolve));
});

test("bad, unknown and contradicting settings are all listed at once, without their values", async () => {
  const { code, said } = await failedStart({
    PORT: "eighty",
    KINETICPAY_MODE: "staging",
    KINETICPAY_POLL_INTERVAL: "5",
    KINETICPAY_SECRET_THING: "hunter2",
    KINETICPAY_REQUERY_SCHEDULE: "1,two",
    KINETICPAY_B2C_MINIMUM: "500",
    KINETICPAY_B2C_MAXIMUM: "400",
    KINETICPAY_PUBLIC_URL: "https://pay.example.my/path",
  });
  expect(code).toBe(1);
  for (const name of ["PORT", "KINETICPAY_MODE", "KINETICPAY_POLL_INTERVAL", "KINETICPAY_SECRET_THING"]) {
    expect(said).toContain(name);
  }
  for (const name of ["KINETICPAY_REQUERY_SCHEDULE", "KINETICPAY_B2C_MINIMUM", "KINETICPAY_PUBLIC_URL"]) {
    expect(said).toContain(name);
  }
  expect(said).toContain("Did you mean KINETICPAY_POLL_INTERVAL_MS?");
  expect(said).not.toMatch(/hunter2|eighty|staging|two|\n\s+at /);
});

test("live mode names everything that it lacks, and neither starts the simulator nor makes keys", async () => {
  const folder = path.join(parent, "live");
  const { code, said } = await failedStart({ KINETICPAY_MODE: "live", KINETICPAY_DATA_DIR: folder });
  expect(code).toBe(1);
  for (const name of [
    "KINETICPAY_PUBLIC_URL",
    "KINETICPAY_MASTER_KEY_FILE",
    "KINETICPAY_FPX_EXCHANGE_ID",
    "KINETICPAY_FPX_SELLER_ID",
    "KINETICPAY_FPX_PRIVATE_KEY_FILE",
    "KINETICPAY_FPX_CERTIFICATES_DIR",
    "KINETICPAY_FPX_URL",
  ]) {
    expect(said).toContain(name);
  }
  expect(await readdir(folder).catch(() => [])).toEqual([]);
});

test("live mode with files that are not what they should be says which, before it serves anything", async () => {
  const folder = path.join(parent, "live-files");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "master.key"), Buffer.alloc(32, 7).toString("base64"));
  await writeFile(path.join(folder, "fpx.key"), "not a key");
  const settings = await environmentOf(path.join(folder, "data"), {
    KINETICPAY_MODE: "live",
    KINETICPAY_PUBLIC_URL: "https://pay.example.my",
    KINETICPAY_MASTER_KEY_FILE: path.join(folder, "master.key"),
    KINETICPAY_FPX_EXCHANGE_ID: "EX00000001",
    KINETICPAY_FPX_SELLER_ID: "SE00000001",
    KINETICPAY_FPX_PRIVATE_KEY_FILE: path.join(folder, "fpx.key"),
    KINETICPAY_FPX_CERTIFICATES_DIR: folder,
    KINETICPAY_FPX_URL: "https://fpx.example.my",
  });
  const { code, said } = await failedStart(settings);
  expect(code).toBe(1);
  expect(said).toContain("KINETICPAY_FPX_PRIVATE_KEY_FILE");
  expect(said).not.toMatch(/\n\s+at /);
  expect(await processesOf(folder)).toEqual([]);
});

test("a folder that served the sandbox is refused in live mode", async () => {
  await gateway.stop();
  const folder = path.join(parent, "was-sandbox");
  await mkdir(folder);
  await writeFile(path.join(folder, "master.key"), await readFile(path.join(gateway.dataDirectory, "master.key")));
  const settings = await environmentOf(gateway.dataDirectory, {
    KINETICPAY_MODE: "live",
    KINETICPAY_PUBLIC_URL: "https://pay.example.my",
    KINETICPAY_MASTER_KEY_FILE: path.join(folder, "master.key"),
    KINETICPAY_FPX_EXCHANGE_ID: "EX00000001",
    KINETICPAY_FPX_SELLER_ID: "SE00000001",
    KINETICPAY_FPX_PRIVATE_KEY_FILE: path.join(gateway.dataDirectory, "fpx/sandbox-exchange.key"),
    KINETICPAY_FPX_CERTIFICATES_DIR: path.join(gateway.dataDirectory, "simulator/certificates"),
    KINETICPAY_FPX_URL: "https://fpx.example.my",
  });
  const { code, said } = await failedStart(settings);
  expect(code).toBe(1);
  expect(said).toContain("sandbox");
  expect(said).not.toMatch(/\n\s+at /);
  await gateway.start();
});

/**
 * The checkout once more, below a folder that nobody else may enter. Hard links where the file system allows: the
 * permissions of the files themselves stay as npm made them.
 */
async function copyCheckout(to: string): Promise<void> {
  const links = startCommand("cp", ["-al", "package.json", "packages", "node_modules", to], {});
  if ((await links.ended).code === 0) return;
  const copies = startCommand("cp", ["-a", "package.json", "packages", "node_modules", to], {});
  expect((await copies.ended).code, copies.stderr()).toBe(0);
}

test("a checkout and a data folder that only their owner can read are enough for a payment from start to end", async () => {
  const checkout = path.join(parent, "private", "checkout");
  await mkdir(checkout, { recursive: true, mode: 0o700 });
  await copyCheckout(checkout);
  expect(((await stat(path.join(parent, "private"))).mode & 0o077).toString(8)).toBe("0");
  const data = path.join(parent, "private", "data");
  const settings = await environmentOf(data);
  const running = startCommand(process.execPath, ["packages/server/dist/main.js"], settings, checkout);
  programs.push(running);
  await until(
    "the gateway to be ready",
    () => {
      if (running.hasEnded()) throw new Error(running.stderr());
      return running.stdout().includes("KineticPay is ready");
    },
    30_000,
  );
  const access = await readAccess(data);
  const created = await fetch(`${access.base_url}/api/v2/payments`, {
    method: "POST",
    headers: { authorization: `Bearer ${access.api_key}`, "content-type": "application/json" },
    body: JSON.stringify({
      amount: 100,
      invoice: "1",
      success_url: "http://a.example",
      failure_url: "http://b.example",
    }),
  });
  const { checkout_url } = (await created.json()) as { checkout_url: string };
  const buyer = newBuyer();
  await buyer.open(checkout_url);
  await buyer.goToBank("MB2U0227");
  await payAtBank(buyer);
  expect(buyer.page.heading).toBe("Payment successful");
  running.process.kill("SIGTERM");
  expect(await running.ended).toEqual({ code: 0, signal: null });
}, 90_000);
