import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ExchangeWorld, openExchangeWorld } from "../testing/exchange-world.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { probeEveryMs } from "./enquiry-pace.ts";
import { faultsToOpen, readExchanges } from "./exchange-state.ts";
import type { Attempt } from "./payment.ts";
import { readPayment } from "./read-payments.ts";
import { requeryDue } from "./requery-due.ts";
import { requeryPayment } from "./requery-payment.ts";

let clock: TestClock;
let world: ExchangeWorld;
beforeAll(async () => {
  clock = testClock();
  world = await openExchangeWorld({ clock, processes: 2, patienceMs: 3_000 });
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.disturb(undefined);
  // What earlier tests have left to ask about, and what they made of the circuit.
  await ours().db.query("update attempts set next_enquiry_at = null, enquiry_lease_until = null");
  await ours().db.query(
    "update exchanges set faults = 0, opened_at = null, probe_at = null, background_until = now(), callers_until = now()",
  );
});

function ours() {
  const [first] = world.processes;
  if (first === undefined) throw new Error("no process");
  return first;
}
const theirs = () => world.processes[1] ?? ours();
const read = (attempt: Attempt) => readPayment(ours(), world.owner.collectionId, attempt.paymentId);
const circuit = async () => (await readExchanges(ours()))[0];
const enquiries = () => world.calls.filter((call) => call.what === "enquiry").length;

/** A payment that the bank has approved, and of which no message arrived. */
async function approved(): Promise<Attempt> {
  const { attempt } = await world.begin();
  await world.arrive(attempt);
  await world.decide(attempt, "00");
  return attempt;
}

describe.each([
  ["garbage", "bank_bad_response"],
  ["html", "bank_bad_response"],
  ["error", "bank_bad_response"],
  ["oversized", "bank_bad_response"],
  ["http_500", "bank_bad_response"],
  ["bad_signature", "bank_bad_response"],
  ["wrong_key", "bank_bad_response"],
  ["reset", "bank_offline"],
  ["closed", "bank_offline"],
  ["slow", "bank_timeout"],
] as const)("an exchange whose answer is: %s", (ae, code) => {
  it("changes no state; only a caller who waits is told, and the payment is found paid once it answers", async () => {
    const attempt = await approved();
    const before = await read(attempt);
    await world.disturb({ ae, slow_ms: 8_000 });
    clock.advance(101_000);
    expect(await requeryDue(ours())).toBe(1);
    const asked = requeryPayment(ours(), world.owner.collectionId, attempt.paymentId);
    await expect(asked).rejects.toMatchObject({ code });
    const after = await read(attempt);
    expect(after.payment).toEqual(before.payment);
    const changed = { enquiryCount: 1, nextEnquiryAt: expect.any(Date) };
    expect(after.attempts).toEqual([{ ...before.attempts[0], ...changed }]);
    // Not the next step of the schedule, which may be an hour away, where nothing was learned.
    const waitMs = (after.attempts[0]?.nextEnquiryAt?.getTime() ?? 0) - clock.now().getTime();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(5.5 * 60_000);
    await world.disturb(undefined);
    clock.advance(waitMs);
    await requeryDue(ours());
    expect((await read(attempt)).payment).toMatchObject({ status: "paid", certainty: "final" });
  });
});

describe("an exchange that does not answer at all", () => {
  /** Attempts about which it is time to ask, and an exchange that has let every enquiry so far run into nothing. */
  async function openCircuit(): Promise<readonly Attempt[]> {
    const attempts: Attempt[] = [];
    for (let i = 0; i < faultsToOpen + 2; i += 1) attempts.push(await approved());
    await world.disturb({ ae: "reset" });
    clock.advance(101_000);
    for (let i = 0; i < 20 && (await circuit())?.circuit !== "open"; i += 1) {
      await requeryDue(ours());
      clock.advance(500);
    }
    expect(await circuit()).toMatchObject({ circuit: "open", lastFault: expect.stringContaining("connection") });
    // All of them are due again, and a probe is.
    clock.advance(70_000);
    return attempts;
  }

  it("is left alone by every process but for one probe at a time, and what is due waits", async () => {
    const attempts = await openCircuit();
    const before = enquiries();
    expect(before).toBeGreaterThanOrEqual(faultsToOpen);
    const all = () => Promise.all([...world.processes, ...world.processes].map((each) => requeryDue(each)));
    for (let probes = 1; probes <= 3; probes += 1) {
      await all();
      clock.advance(probeEveryMs - 1);
      await all();
      expect(enquiries()).toBe(before + probes);
      clock.advance(1);
    }
    for (const attempt of attempts) expect((await read(attempt)).payment.status).toBe("processing");
  });

  it("is told to a caller at once, whichever process is asked, with the time until the next probe", async () => {
    const [attempt] = await openCircuit();
    await requeryDue(ours());
    const before = enquiries();
    const started = performance.now();
    const asked = requeryPayment(theirs(), world.owner.collectionId, attempt?.paymentId ?? "");
    await expect(asked).rejects.toMatchObject({ code: "bank_offline", retryAfterS: expect.any(Number) });
    await asked.catch((error: { retryAfterS: number }) => expect(error.retryAfterS).toBeLessThanOrEqual(15));
    expect(performance.now() - started).toBeLessThan(500);
    expect(enquiries()).toBe(before);
  });

  it("is asked about everything that waited as soon as one probe is answered", async () => {
    const attempts = await openCircuit();
    await requeryDue(ours());
    await world.disturb(undefined);
    clock.advance(probeEveryMs);
    expect(await requeryDue(theirs())).toBeGreaterThan(0);
    expect(await circuit()).toMatchObject({ circuit: "closed", faults: 0 });
    for (let i = 0; i < 20; i += 1) {
      clock.advance(100);
      await Promise.all(world.processes.map((each) => requeryDue(each)));
    }
    // All but the one that was probed last without an answer, and is asked about a minute later.
    clock.advance(70_000);
    await requeryDue(ours());
    for (const attempt of attempts) expect((await read(attempt)).payment.status).toBe("paid");
  });

  it("is not taken for gone where only some orders go without an answer", async () => {
    for (let i = 0; i < faultsToOpen * 2; i += 1) {
      const attempt = await approved();
      await world.disturb(i % 3 === 2 ? { ae: "error" } : { ae: "closed" });
      clock.advance(101_000);
      await requeryDue(ours());
      await ours().db.query("update attempts set next_enquiry_at = null where id = $1", [attempt.id]);
    }
    expect(await circuit()).toMatchObject({ circuit: "closed" });
  });
});

describe("a backlog", () => {
  it("is asked about by all processes together no faster than the rate, and not much slower", async () => {
    const backlog = 60;
    const ratePerS = 10;
    for (let i = 0; i < backlog; i += 1) await world.begin();
    clock.advance(101_000);
    const startedMs = clock.now().getTime();
    const before = world.calls.length;
    const asked = () => world.calls.slice(before).filter((call) => call.what === "enquiry");
    while (asked().length < backlog && clock.now().getTime() < startedMs + 60_000) {
      await Promise.all([...world.processes, ...world.processes].map((each) => requeryDue(each)));
      clock.advance(50);
    }
    const times = asked().map((call) => call.atMs);
    const inSecondFrom = (from: number) => times.filter((at) => at >= from && at < from + 1_000).length;
    expect(times).toHaveLength(backlog);
    expect(Math.max(...times.map(inSecondFrom))).toBeLessThanOrEqual(ratePerS);
    expect((times.at(-1) ?? 0) - startedMs).toBeLessThan((backlog / ratePerS) * 1.5 * 1_000);
  });
});

describe("a caller who asks more often than FPX may be asked", () => {
  it("waits for a turn, and is told to come again where the turn is too far away", async () => {
    const attempt = await approved();
    const ask = () =>
      requeryPayment(ours(), world.owner.collectionId, attempt.paymentId).then(
        () => "asked",
        (error: { code: string; retryAfterS: number }) => {
          expect(error.retryAfterS).toBeGreaterThanOrEqual(2);
          return error.code;
        },
      );
    const before = enquiries();
    const results = await Promise.all(Array.from({ length: 30 }, ask));
    const went = results.filter((result) => result === "asked").length;
    expect(new Set(results)).toEqual(new Set(["asked", "overloaded"]));
    expect(went).toBeGreaterThan(5);
    expect(went).toBeLessThan(15);
    expect(enquiries() - before).toBe(went);
  });
});
