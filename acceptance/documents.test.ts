import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "./harness/api.ts";
import { newBuyer } from "./harness/buyer.ts";
import { projectFolder, startCommand } from "./harness/program.ts";
import { decideAtBank, defaultBank, openStage, type Stage } from "./harness/stage.ts";

/** What somebody reads who is new here. Blocks marked `sh` are run; those marked `console` are only shown. */
const documents = ["README.md", "docs/guides/first-payment.md", "docs/guides/moving-from-kineticpay.md"];

let stage: Stage;
let folder: string;
beforeAll(async () => {
  stage = await openStage();
  // The reader's folder: the checkout, with the data of a gateway that runs.
  folder = await mkdtemp(path.join(tmpdir(), "kp-documents-"));
  for (const name of ["package.json", "packages", "node_modules"]) {
    await symlink(path.join(projectFolder, name), path.join(folder, name));
  }
  await symlink(stage.gateway.dataDirectory, path.join(folder, "data"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await stage.close();
});

async function blocks(name: string, language: "sh" | "js"): Promise<string[]> {
  const markdown = await readFile(path.join(projectFolder, name), "utf8");
  const found = markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"));
  return [...found].map(([, block = ""]) => block);
}

/** The module that a document's only block of JavaScript is. */
async function moduleOf(name: string): Promise<unknown> {
  const [source = "", ...more] = await blocks(name, "js");
  expect(more).toEqual([]);
  const file = path.join(folder, `${path.basename(name)}.mjs`);
  await writeFile(file, source);
  return import(/* @vite-ignore */ pathToFileURL(file).href);
}

test.each(documents)("every command of %s works as it stands, one after the other", async (name) => {
  const commands = await blocks(name, "sh");
  expect(commands.length).toBeGreaterThan(0);
  const script = path.join(folder, "commands.sh");
  // Printed as they run, so that a failure names its command.
  await writeFile(script, `set -eux\n${commands.join("\n")}`);
  const shell = startCommand("sh", [script], {}, folder);
  const { code } = await shell.ended;
  expect(code, `${shell.stdout()}\n${shell.stderr()}`).toBe(0);
});

test("no other guide promises commands that nothing runs", async () => {
  const guides = (await readdir(path.join(projectFolder, "docs/guides"))).map((name) => `docs/guides/${name}`);
  for (const guide of guides.filter((name) => !documents.includes(name))) {
    expect(await blocks(guide, "sh"), guide).toEqual([]);
  }
});

test("the first guide's check of a signature accepts a callback of the gateway, and none that was altered", async () => {
  const guide = (await moduleOf("docs/guides/first-payment.md")) as {
    isFromGateway(secret: string, headers: IncomingHttpHeaders, rawBody: string): boolean;
  };
  const payment = await stage.create();
  await decideAtBank(await stage.buyerAtBank(payment), "Approve");
  const { headers, body } = await stage.shop.waitForVisit("/callback", (visit) => visit.body.includes(payment.id));
  const secret = stage.gateway.access.signing_secret;
  expect(guide.isFromGateway(secret, headers, body)).toBe(true);
  expect(guide.isFromGateway(secret, headers, body.replace("1250", "1251"))).toBe(false);
  expect(guide.isFromGateway(secret, { ...headers, "webhook-id": "evt_other" }, body)).toBe(false);
  expect(guide.isFromGateway(`whsec_${btoa("another secret")}`, headers, body)).toBe(false);
  expect(guide.isFromGateway(secret, {}, body)).toBe(false);
});

test("the moving guide's check of a record opens what the gateway sealed, and nothing that was altered", async () => {
  const guide = (await moduleOf("docs/guides/moving-from-kineticpay.md")) as {
    openCallback(merchantKey: string, encrypted: string): Record<string, unknown>;
  };
  const { merchant_key: key } = stage.gateway.access;
  const created = await send<{ checkout_url: string }>(`${stage.gateway.url}/payment/create`, {
    method: "POST",
    body: new URLSearchParams({
      merchant_key: key,
      invoice: "MOVE2",
      amount: "2.00",
      description: "A second order",
      callback_success: `${stage.shop.url}/paid`,
      callback_error: `${stage.shop.url}/not-paid`,
      callback_status: `${stage.shop.url}/told`,
    }),
  });
  const buyer = newBuyer();
  await buyer.open(created.body.checkout_url);
  await buyer.goToBank(defaultBank);
  await decideAtBank(buyer, "Approve");
  const { form } = await stage.shop.waitForVisit("/told", () => true);
  const sealed = form.get("encrypted_transaction_data") ?? "";
  expect(guide.openCallback(key, sealed)).toMatchObject({ order_number: "MOVE2", transaction_status_code: "00" });
  const envelope = JSON.parse(atob(sealed)) as Record<string, string>;
  const altered = btoa(JSON.stringify({ ...envelope, value: btoa("another record of the same kind") }));
  expect(() => guide.openCallback(key, altered)).toThrow("not from the gateway");
  expect(() => guide.openCallback(`${key}x`, sealed)).toThrow("not from the gateway");
});
