import path from "node:path";
import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newInvoice } from "./harness/api.ts";
import { newTypist, type Typist } from "./harness/kineticpay.ts";
import { openStage, type Stage } from "./harness/stage.ts";
import { until } from "./harness/until.ts";

let stage: Stage;
let typist: Typist;
beforeAll(async () => {
  stage = await openStage();
  typist = await newTypist(path.dirname(stage.gateway.dataDirectory));
});
afterAll(async () => {
  await typist.leave();
  await stage.close();
});

interface Scenario {
  readonly name: string;
  readonly events: readonly string[];
}
interface Event {
  readonly id: string;
  readonly type: string;
  readonly sequence: number | null;
  readonly payment: string | null;
}
interface Played {
  readonly scenario: string;
  readonly payment: PaymentView | null;
  readonly events: readonly Event[];
}

/** What each scenario leaves behind, as a shop would see it. */
const ends: Readonly<Record<string, Partial<PaymentView>>> = {
  paid: { status: "paid", flags: [] },
  "paid-tab-closed": { status: "paid", flags: [] },
  "pending-then-paid": { status: "paid", flags: [] },
  "return-first": { status: "paid", flags: [] },
  "message-lost": { status: "paid", flags: [] },
  "message-twice": { status: "paid", flags: [] },
  "insufficient-funds": { status: "open" },
  "buyer-cancels": { status: "open" },
  "session-timeout": { status: "open" },
  "failed-then-paid": { status: "paid", flags: [] },
  "late-success": { status: "paid", flags: ["late_success"] },
  duplicate: { status: "paid", flags: ["duplicate_success"] },
  "b2b1-approved-tomorrow": { status: "paid", model: "b2b1" },
  "b2b1-rejected": { status: "open" },
  expired: { status: "expired" },
  cancelled: { status: "cancelled" },
};

const play = (name: string, ...more: string[]) =>
  typist.json<Played>(["trigger", name, "--wait", "0", "--invoice", `${name}-${newInvoice()}`, ...more]);

test("every scenario happens for real: the gateway has the payment and the events that the scenario promises, each once", async () => {
  const listed = await typist.json<Scenario[]>(["trigger"]);
  expect(listed.map(({ name }) => name).sort()).toEqual([...Object.keys(ends), "bank-outage"].sort());
  const waiting = listed.filter(({ name }) => name !== "bank-outage");
  // The bank that is out is one that nobody else pays with meanwhile.
  const outage = play("bank-outage", "--bank", "RHB0218");
  // A few at a time, as several people would.
  const players = Array.from({ length: 4 }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { payment, events } = await play(next.name);
      const now = await stage.gateway.api.get(payment?.id ?? "");
      expect(now, next.name).toMatchObject(ends[next.name] ?? {});
      expect(
        events.map(({ type }) => type),
        next.name,
      ).toEqual(next.events);
      expect(
        events.map(({ sequence }) => sequence),
        next.name,
      ).toEqual(events.map((_, i) => i + 1));
      const stored = await stage.gateway.api.call<{ data: Event[] }>("GET", `/api/v2/events?payment=${now.id}`);
      expect(stored.body.data.map(({ id }) => id).sort(), next.name).toEqual(events.map(({ id }) => id).sort());
    }
  });
  await Promise.all(players);
  expect((await outage).events.map(({ type }) => type)).toEqual(["bank.offline", "bank.online"]);
}, 90_000);

test("what a scenario does is told on standard error while it happens, and its result alone is on standard output", async () => {
  const { code, stdout, stderr } = await typist.run(["trigger", "paid", "--fields", "scenario,payment.status"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ scenario: "paid", "payment.status": "paid" });
  expect(stderr).toMatch(/^→ the shop asks/);
});

test("a scenario that is stopped before its end ends with 2, and says so", async () => {
  const program = typist.start(["trigger", "b2b1-approved-tomorrow", "--wait", "600", "--json"]);
  await until("the maker to have paid", () => program.stderr().includes("maker pays"));
  program.process.kill("SIGINT");
  expect(await program.ended).toEqual({ code: 2, signal: null });
  expect(program.stdout()).toBe("");
  expect(program.stderr()).toContain('"code":"cancelled"');
});

test("without a local sandbox there is nothing to play on, and no other gateway is touched", async () => {
  const environment = { KINETICPAY_API_KEY: stage.gateway.access.api_key, KINETICPAY_BASE_URL: stage.gateway.url };
  const { code, stdout, stderr } = await typist.run(["trigger", "paid"], { environment, folder: typist.home });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^✗ sandbox_only: [\s\S]*Next +kineticpay dev/);
});
