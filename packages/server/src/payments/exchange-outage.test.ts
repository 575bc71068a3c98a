import { afterEach, describe, expect, it } from "vitest";
import { type ExchangeWorld, openExchangeWorld } from "../testing/exchange-world.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { tellFigures } from "../testing/tell-figures.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { readExchanges } from "./exchange-state.ts";
import { expireDue } from "./expire-due.ts";
import type { Attempt } from "./payment.ts";
import { readPayment } from "./read-payments.ts";
import { requeryDue } from "./requery-due.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const crowd = Number(process.env["TEST_RUNS"] ?? 40);
const ratePerS = 10;
const minute = 60_000;
const outage = { fromMs: 10 * minute, untilMs: 130 * minute };

let world: ExchangeWorld;
afterEach(() => world.close());

/** What one buyer does, in times from the start, and what must come of it. */
interface Story {
  readonly startsMs: number;
  readonly decidesMs: number;
  /** What the bank decides; undefined for a buyer who never reaches the exchange. */
  readonly code: "00" | "51" | undefined;
}

function tell(random: () => number): Story {
  const startsMs = random() * outage.untilMs;
  const chance = random();
  return {
    startsMs,
    decidesMs: startsMs + 20_000 + random() * 8 * minute,
    code: chance < 0.7 ? "00" : chance < 0.85 ? "51" : undefined,
  };
}

interface Followed extends Story {
  attempt: Attempt | undefined;
  isDecided: boolean;
  /** When the gateway knew. */
  knownMs: number | undefined;
}

function firstProcess() {
  const [first] = world.processes;
  if (first === undefined) throw new Error("no process");
  return first;
}

async function concludedAttempts(): Promise<string[]> {
  const { db } = firstProcess();
  const rows = await db.query<{ id: string }>("select id from attempts where concluded_at is not null");
  return rows.map((row) => row.id);
}

/** Lets the simulated time pass, in which buyers come, banks decide, and the gateway's loops run in every process. */
async function live(clock: TestClock, stories: Followed[], trouble: readonly string[]): Promise<void> {
  const startedMs = clock.now().getTime();
  const passedMs = () => clock.now().getTime() - startedMs;
  let present: string | undefined;
  const first = firstProcess();
  while (passedMs() < outage.untilMs + 60 * minute && stories.some((story) => story.knownMs === undefined)) {
    const now = passedMs();
    const isOut = now >= outage.fromMs && now < outage.untilMs;
    const share = Math.floor(((now - outage.fromMs) / (outage.untilMs - outage.fromMs)) * trouble.length);
    const wanted = isOut ? trouble[share] : undefined;
    if (wanted !== present) await world.disturb(wanted === undefined ? undefined : { ae: wanted, be: wanted });
    present = wanted;
    for (const story of stories) {
      if (story.attempt === undefined && story.startsMs <= now) {
        story.attempt = (await world.begin({ expiresInS: 1_800 })).attempt;
        if (story.code !== undefined) await world.arrive(story.attempt);
      }
      if (story.attempt !== undefined && !story.isDecided && story.decidesMs <= now) {
        if (story.code !== undefined) await world.decide(story.attempt, story.code);
        story.isDecided = true;
      }
    }
    const counts = await Promise.all(world.processes.map((each) => requeryDue(each)));
    await expireDue(first);
    if (counts.some((count) => count > 0)) {
      const concluded = new Set(await concludedAttempts());
      for (const story of stories) {
        if (story.knownMs === undefined && concluded.has(story.attempt?.id ?? "")) story.knownMs = now;
      }
    }
    const [exchange] = await readExchanges(first);
    const isPaced = exchange?.circuit === "closed" && exchange.due > 0;
    clock.advance(isPaced ? 250 : 5_000);
  }
  // What the last buyers did not pay is still open to them until its time is over.
  clock.advance(30 * minute);
  while ((await expireDue(first)) > 0);
}

/** The most enquiries in any second. */
function busiestSecond(): number {
  const times = world.calls.filter((call) => call.what === "enquiry").map((call) => call.atMs);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}

const slowest = (waitsMs: readonly number[]) => Math.round(Math.max(0, ...waitsMs) / 1_000);

/** A probe, a minute for those asked in vain just before, and then all of them at the allowed pace. */
const afterSilenceS = Math.max(120, 90 + crowd / (ratePerS * 0.75));

describe.each([
  // While it is silent it is only probed, and everything is asked about once it answers.
  { kind: "silence", trouble: ["reset", "http_500", "closed"], foundWithinS: afterSilenceS, buyers: crowd },
  // Nonsense is an answer: the network is asked on, at longer intervals, so the last news may be some minutes old. Each buyer
  // is asked about so often that a crowd would take hours of real time, and show nothing more.
  {
    kind: "nonsense",
    trouble: ["html", "error", "wrong_key"],
    foundWithinS: 5.5 * 60 + 10,
    buyers: Math.min(Math.ceil(crowd / 2), 60),
  },
  { kind: "calm", trouble: [], foundWithinS: 0, buyers: Math.ceil(crowd / 2) },
])("two hours of $kind, with every message of the bank lost", ({ kind, trouble, foundWithinS, buyers }) => {
  it(
    `end with every payment as its bank decided, none expired unasked, and never asked too often (seed ${seed})`,
    async () => {
      const clock = testClock();
      const random = seededRandom(seed);
      const settings = { KINETICPAY_ENQUIRY_RATE: String(ratePerS), KINETICPAY_POLL_INTERVAL_MS: "20" };
      world = await openExchangeWorld({ clock, processes: 2, settings });
      const startedMs = clock.now().getTime();
      const stories = Array.from({ length: buyers }, (): Followed => {
        return { ...tell(random), attempt: undefined, isDecided: false, knownMs: undefined };
      });
      await live(clock, stories, trouble);

      const first = firstProcess();
      for (const story of stories) {
        const { payment, attempts } = await readPayment(
          first,
          world.owner.collectionId,
          story.attempt?.paymentId ?? "",
        );
        const [attempt] = attempts;
        const seen = {
          status: payment.status,
          certainty: payment.certainty,
          attempt: attempt?.status,
          code: attempt?.railCode,
        };
        const unpaid = { status: "expired", certainty: "final", attempt: "failed" };
        if (story.code === "00")
          expect(seen).toEqual({ status: "paid", certainty: "final", attempt: "succeeded", code: "00" });
        else expect(seen).toMatchObject(story.code === "51" ? { ...unpaid, code: "51" } : { ...unpaid, code: "76" });
      }
      const isDuring = ({ decidesMs }: Story) =>
        trouble.length > 0 && decidesMs >= outage.fromMs - 2 * minute && decidesMs < outage.untilMs;
      const decided = stories.filter((story) => story.code !== undefined);
      const after = decided.filter(isDuring).map((story) => (story.knownMs ?? Infinity) - outage.untilMs);
      const calm = decided
        .filter((story) => !isDuring(story))
        .map((story) => (story.knownMs ?? Infinity) - story.decidesMs);
      const enquiries = world.calls.filter((call) => call.what === "enquiry");
      const during = enquiries.filter(({ atMs }) => {
        const ms = atMs - startedMs;
        return ms >= outage.fromMs && ms < outage.untilMs;
      });
      tellFigures(`two hours of ${kind}`, {
        ...{ seed, payments: buyers, enquiries: enquiries.length, meanwhile: during.length },
        ...{ busiestSecond: busiestSecond(), ratePerS },
        ...{ foundAfterTroubleS: slowest(after), foundAfterBankKnewS: slowest(calm) },
      });
      expect(busiestSecond()).toBeLessThanOrEqual(ratePerS);
      expect(slowest(after)).toBeLessThanOrEqual(foundWithinS);
      expect(slowest(calm)).toBeLessThanOrEqual(120);
    },
    120_000 + buyers * 3_000,
  );
});
