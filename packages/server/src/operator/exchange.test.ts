import { afterAll, beforeAll, expect, it } from "vitest";
import { enquireAttempt } from "../payments/enquire-attempt.ts";
import { probeEveryMs } from "../payments/enquiry-pace.ts";
import { faultsToOpen } from "../payments/exchange-state.ts";
import { settlePayment } from "../payments/settle-payment.ts";
import { type ExchangeWorld, openExchangeWorld } from "../testing/exchange-world.ts";
import { railMessage } from "../testing/rail-message.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { UsageError } from "./command.ts";
import { exchangeShow } from "./exchange.ts";

let clock: TestClock;
let world: ExchangeWorld;
beforeAll(async () => {
  clock = testClock(Date.parse("2026-01-31T16:00:00Z"));
  world = await openExchangeWorld({ clock });
});
afterAll(() => world.close());

it("shows that the bank network answers, that it fails, since when it is left alone, and what waits", async () => {
  const [gateway] = world.processes;
  if (gateway === undefined) throw new Error("no process");
  const show = async (words: string[] = []) =>
    (await exchangeShow.run(gateway, words, {}, () => Promise.resolve(""))).text;
  expect(await show()).toBe("Nothing was asked of the bank network yet.");
  const { attempt } = await world.begin();
  const ask = () => enquireAttempt(gateway, attempt, 1_000, 1_000).catch(() => undefined);
  await ask();
  expect(await show()).toBe("fpx  closed  answers\n    attempts undecided: 1; to be asked about: 1, of which now: 0");
  await world.disturb({ ae: "closed" });
  for (let asked = 1; asked <= faultsToOpen; asked += 1) {
    expect(await show()).not.toContain("open");
    clock.advance(1_000);
    await ask();
    if (asked === 2) expect(await show()).toContain("closed  answered, but not the last 2 times\n    last fault: the");
  }
  const at = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
  expect(await show()).toContain(`open  does not answer since ${at(0)}; next probe ${at(probeEveryMs)}`);
  clock.advance(200_000);
  expect(await show()).toContain("attempts undecided: 1; to be asked about: 1, of which now: 1");
  await expect(show(["fpx"])).rejects.toThrow(UsageError);
  clock.advance(2_000_000);
  for (let i = 0; i < 3; i += 1) await settlePayment(gateway, "enquiry", railMessage(attempt, "not_found"));
  expect(await show(), "one that was given up").toContain(
    "attempts undecided: 0; to be asked about: 1, of which now: 0",
  );
});
