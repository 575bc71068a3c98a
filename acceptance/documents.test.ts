import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "./harness/api.ts";
import { newBuyer } from "./harness/buyer.ts";
import { blocksOf, callGuide } from "./harness/guide-code.ts";
import { processesOf } from "./harness/processes-of.ts";
import { projectFolder, startCommand } from "./harness/program.ts";
import { decideAtBank, defaultBank, openStage, type Stage } from "./harness/stage.ts";
import { until } from "./harness/until.ts";

/** What somebody reads who is new here. Blocks marked `sh` are run; those marked `console` are only shown. */
const documents = [
  "README.md",
  "docs/guides/first-payment.md",
  "docs/guides/webhooks.md",
  "docs/guides/first-webhook.md",
  "docs/guides/moving-from-kineticpay.md",
  "docs/guides/backup.md",
  "docs/guides/retrying.md",
  "docs/guides/finding-faults.md",
];

let stage: Stage;
let folder: string;
beforeAll(async () => {
  stage = await openStage();
  // The reader's folder: the checkout, with the data of a gateway that runs.
  folder = await mkdtemp(path.join(tmpdir(), "kp-documents-"));
  for (const name of ["package.json", "packages", "node_modules", "examples"]) {
    await symlink(path.join(projectFolder, name), path.join(folder, name));
  }
  await symlink(stage.gateway.dataDirectory, path.join(folder, "data"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await stage.close();
});

test.each(documents)(
  "every command of %s works as it stands, one after the other",
  async (name) => {
    const commands = await blocksOf(name, "sh");
    expect(commands.length).toBeGreaterThan(0);
    const script = path.join(folder, "commands.sh");
    // Printed as they run, so that a failure names its command.
    await writeFile(script, `set -eux\n${commands.join("\n")}`);
    const shell = startCommand("sh", [script], { XDG_STATE_HOME: `${folder}/state` }, folder);
    const { code } = await shell.ended;
    expect(code, `${shell.stdout()}\n${shell.stderr()}`).toBe(0);
    // Whoever has followed a page to its end has nothing left that runs.
    await until("nothing that it started", async () => (await processesOf(folder)).length === 0);
  },
  120_000,
);

test("no other guide promises commands that nothing runs", async () => {
  const guides = (await readdir(path.join(projectFolder, "docs/guides"))).map((name) => `docs/guides/${name}`);
  for (const guide of guides.filter((name) => !documents.includes(name))) {
    expect(await blocksOf(guide, "sh"), guide).toEqual([]);
  }
});

test("the first guide's check of a signature accepts a callback of the gateway, and none that was altered", async () => {
  const payment = await stage.create();
  await decideAtBank(await stage.buyerAtBank(payment), "Approve");
  const { headers, body } = await stage.shop.waitForVisit("/callback", (visit) => visit.body.includes(payment.id));
  const secret = stage.gateway.access.signing_secret;
  const results = await callGuide("docs/guides/first-payment.md", "isFromGateway", [
    [secret, headers, body],
    [secret, headers, body.replace("1250", "1251")],
    [secret, { ...headers, "webhook-id": "evt_other" }, body],
    [`whsec_${btoa("another secret, and as long as one")}`, headers, body],
    [secret, {}, body],
  ]);
  expect(results.map((each) => each.value)).toEqual([true, false, false, false, false]);
});

test("the moving guide's check of a record opens what the gateway sealed, and nothing that was altered", async () => {
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
  const envelope = JSON.parse(atob(sealed)) as Record<string, string>;
  const altered = btoa(JSON.stringify({ ...envelope, value: btoa("another record of the same kind") }));
  const calls = [
    [key, sealed],
    [key, altered],
    [`${key}x`, sealed],
  ];
  expect(await callGuide("docs/guides/moving-from-kineticpay.md", "openCallback", calls)).toEqual([
    { value: expect.objectContaining({ order_number: "MOVE2", transaction_status_code: "00" }) },
    { error: "not from the gateway" },
    { error: "not from the gateway" },
  ]);
});
