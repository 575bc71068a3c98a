import { createServer } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newTypist, type Typist } from "./harness/kineticpay.ts";
import { openShop } from "./harness/shop.ts";
import { openStage, type Stage } from "./harness/stage.ts";
import { isGenuineWebhook } from "./harness/standard-webhook.ts";
import { until } from "./harness/until.ts";

let stage: Stage;
let typist: Typist;
let secret: string;
beforeAll(async () => {
  stage = await openStage();
  typist = await newTypist(path.dirname(stage.gateway.dataDirectory));
  secret = (await typist.run(["listen", "--print-secret"])).stdout.trim();
});
afterAll(async () => {
  await typist.leave();
  await stage.close();
});

interface Event {
  readonly id: string;
  readonly payment: string | null;
}
const heardAt = (place: string) => stage.shop.visitsTo(place).map((visit) => JSON.parse(visit.body) as Event);
const listen = async (place: string, ...more: string[]) => {
  const program = typist.start(["listen", "--forward-to", `${stage.shop.url}${place}`, ...more]);
  await until("listen to be ready", () => program.stderr().includes("Ready:"));
  return program;
};
const stop = async (program: Awaited<ReturnType<typeof listen>>) => {
  program.process.kill("SIGINT");
  expect((await program.ended).code, program.stderr()).toBe(0);
};
const makePayments = (count: number) =>
  Promise.all(Array.from({ length: count }, async () => (await stage.gateway.api.create()).id));
const untilHeard = (place: string, payments: readonly string[]) =>
  until(
    "the shop to hear of all",
    () => {
      const heard = new Set(heardAt(place).map(({ payment }) => payment));
      return payments.every((id) => heard.has(id));
    },
    30_000,
  );

test("what happens while it runs, while it does not, and while the gateway is away reaches the shop once, signed with one secret", async () => {
  const before = await makePayments(2);
  const first = await listen("/listened");
  expect(first.stderr()).toContain(secret);
  const during = await makePayments(2);
  await untilHeard("/listened", during);
  await stop(first);
  const missed = await makePayments(3);
  const second = await listen("/listened");
  expect(second.stderr()).toContain(secret);
  await untilHeard("/listened", missed);
  await stage.gateway.kill();
  await until("the loss to be told", () => second.stderr().includes("Trying again until it is back"));
  await stage.gateway.start();
  const afterwards = await makePayments(2);
  await untilHeard("/listened", afterwards);
  expect(second.stderr()).toContain("Back after");
  await stop(second);
  const heard = heardAt("/listened");
  expect(new Set(heard.map(({ id }) => id)).size).toBe(heard.length);
  expect(heard.filter(({ payment }) => before.includes(payment ?? ""))).toEqual([]);
  for (const { headers, body } of stage.shop.visitsTo("/listened")) {
    expect(isGenuineWebhook(secret, headers, body)).toBe(true);
    expect(headers["webhook-id"]).toBe((JSON.parse(body) as Event).id);
    expect(isGenuineWebhook(stage.gateway.access.signing_secret, headers, body)).toBe(false);
  }
  expect(second.stdout()).toMatch(/payment\.created +evt_\w+ +200/);
}, 120_000);

test("a shop that is not there yet is waited for, and one that refuses is shown with its answer and how to send again", async () => {
  const late = await openShop(secret);
  const address = `${late.url}/late`;
  await late.close();
  const program = typist.start(["listen", "--forward-to", address, "--json", "--events", "payment.created"]);
  await until("listen to be ready", () => program.stderr().includes("Ready:"));
  const [id = ""] = await makePayments(1);
  await until("the wait to be told", () => program.stderr().includes("Waiting for"));
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += String(chunk);
    });
    request.on("end", () => {
      bodies.push(text);
      response.writeHead(bodies.length === 1 ? 500 : 204).end(bodies.length === 1 ? "out of tea" : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(Number(new URL(address).port), "127.0.0.1", resolve));
  await until("the event to arrive", () => bodies.length === 1, 30_000);
  await until("the answer to be told", () => program.stdout().includes("out of tea"));
  await stop(program);
  const lines = program
    .stdout()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines[0]).toMatchObject({ type: "ready", secret });
  expect(lines.at(-1)).toMatchObject({ type: "delivery", payment: id, status: 500, answer: "out of tea" });
  const again = /kineticpay (events resend evt_\w+ --forward-to \S+)/.exec(program.stderr())?.[1] ?? "";
  const resent = await typist.run(again.split(" "));
  expect(resent.code, resent.stderr).toBe(0);
  expect(bodies).toEqual([bodies[0], bodies[0]]);
  server.close();
}, 60_000);

test("the log of calls is followed as it grows, one JSON object a line, without the follower's own calls", async () => {
  const program = typist.start(["logs", "tail", "--last", "0", "--json"]);
  await until("the log to be watched", () => program.stderr().includes("Watching"));
  await stage.gateway.api.call("GET", "/api/v2/payments/pay_followed");
  await until("the call to be shown", () => program.stdout().includes("pay_followed"));
  await stop(program);
  const lines = program
    .stdout()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { path: string; status: number });
  expect(lines.filter(({ path: called }) => called === "/api/v2/payments/pay_followed")).toHaveLength(1);
  expect(lines.filter(({ path: called }) => called === "/api/v2/requests")).toEqual([]);
});

test("an event is sent again by the gateway to whom it owes it, and an event that nobody is owed says so", async () => {
  const owed = await stage.create();
  await stage.gateway.api.call("POST", `/api/v2/payments/${owed.id}/cancel`);
  const { id = "" } = await stage.shop.waitForTold(owed.id, "payment.cancelled");
  const visits = () => stage.shop.visitsTo("/callback").filter((visit) => visit.headers["webhook-id"] === id).length;
  const before = visits();
  expect(await typist.json(["events", "resend", id])).toMatchObject([{ event: id }]);
  await until("the event to come again", () => visits() > before);
  const [nobodys] = await typist.json<Event[]>(["events", "list", "--type", "payment.created", "--limit", "1"]);
  const refused = await typist.run(["events", "resend", nobodys?.id ?? ""]);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^✗ nobody_to_tell: [\s\S]*--forward-to/);
});
