import { confirmation } from "./confirmation.ts";
import type { DirectDelivery } from "./deliver-direct.ts";
import { longestHoldMs } from "./deliver-direct.ts";
import { type Exchange, scriptOf, signedConfirmation } from "./exchange.ts";
import type { DirectRoute, Script } from "./script.ts";
import { type ScheduledDecision, stateAfter, type Transaction } from "./transaction.ts";

/** The exchange together with its outgoing direct messages. */
export interface DecidingExchange {
  readonly exchange: Exchange;
  readonly delivery: DirectDelivery;
}

/** How long a bank keeps its buyer waiting for the first direct AC to be answered. */
const firstAnswerLimitMs = 5_000;

/**
 * The buyer's own decision on the bank's pages. A script may replace the code or make the bank take its time; the
 * decision is then made later and the payment is `deciding` meanwhile. Does nothing when the buyer has decided before.
 */
export async function decideAtBank(parts: DecidingExchange, orderNo: string, code: string): Promise<void> {
  const { store, clock } = parts.exchange;
  const transaction = store.transaction(orderNo);
  if (transaction?.state !== "at_bank") return;
  const script = scriptOf(parts.exchange, transaction);
  const wanted = script?.code ?? code;
  if (script?.delay_ms === undefined) return decide(parts, orderNo, wanted, { byBrowser: true });
  store.changeTransaction(orderNo, { state: "deciding" });
  schedule(parts, orderNo, { code: wanted, atMs: clock.now() + script.delay_ms });
}

/**
 * The bank decides, also again and also the contrary: from now on AE tells `code`, and direct AC messages go out as
 * the script (or `direct`) has it. Resolves when the first of them was tried once, so that in the normal order of
 * events the gateway knows before the buyer's browser returns.
 */
export async function decide(
  parts: DecidingExchange,
  orderNo: string,
  code: string,
  options: { byBrowser?: boolean; direct?: DirectRoute } = {},
): Promise<void> {
  const { store, clock } = parts.exchange;
  const before = store.transaction(orderNo);
  if (before === undefined) return;
  const isFirst = before.code === undefined;
  store.changeTransaction(orderNo, { code, state: stateAfter(code), decidedAtMs: clock.now() });
  const script = scriptOf(parts.exchange, before);
  const lateMs = script?.late_success_after_ms;
  if (isFirst && lateMs !== undefined) schedule(parts, orderNo, { code: "00", atMs: clock.now() + lateMs });
  const held = isFirst && options.byBrowser === true && script?.order === "indirect_first";
  const route = options.direct ?? script?.direct ?? "send";
  const ids = queueDirect(parts, { ...before, code }, { route, held, isFirst });
  if (!held && typeof route === "string") await parts.delivery.triedOnce(ids, firstAnswerLimitMs);
}

/** Arms every decision that was still to come when the simulator stopped. */
export function resumeDecisions(parts: DecidingExchange): void {
  for (const transaction of parts.exchange.store.transactions()) {
    for (const decision of transaction.scheduled) arm(parts, transaction.orderNo, decision);
  }
}

/** The code that the exchange tells at this moment: `09` until the bank has decided. */
export function presentCode(transaction: Transaction): string {
  return transaction.code ?? "09";
}

/** How long direct AC waits after the browser's return when the script wants the browser first. */
export function delayAfterBrowserMs(script: Script | undefined): number {
  return typeof script?.direct === "object" ? script.direct.delay_ms : 2_000;
}

function queueDirect(
  { exchange, delivery }: DecidingExchange,
  transaction: Transaction,
  { route, held, isFirst }: { route: DirectRoute; held: boolean; isFirst: boolean },
): string[] {
  if (route === "drop") return [];
  const body = signedConfirmation(exchange, confirmation(transaction, presentCode(transaction)));
  const scriptedMs = typeof route === "object" && isFirst ? route.delay_ms : 0;
  const options = { delayMs: held ? longestHoldMs : scriptedMs, held };
  const copies = route === "duplicate" ? 2 : 1;
  return Array.from({ length: copies }, () => delivery.enqueue(transaction.orderNo, body, options));
}

function schedule(parts: DecidingExchange, orderNo: string, decision: ScheduledDecision): void {
  const present = parts.exchange.store.transaction(orderNo);
  if (present === undefined) return;
  parts.exchange.store.changeTransaction(orderNo, { scheduled: [...present.scheduled, decision] });
  arm(parts, orderNo, decision);
}

function arm(parts: DecidingExchange, orderNo: string, decision: ScheduledDecision): void {
  const { store, timers, clock } = parts.exchange;
  timers.after(decision.atMs - clock.now(), () => {
    const present = store.transaction(orderNo);
    const isSame = (one: ScheduledDecision) => one.atMs === decision.atMs && one.code === decision.code;
    // A reset or an eviction may have taken the payment away, and with it everything that was to happen to it.
    if (present === undefined || !present.scheduled.some(isSame)) return;
    store.changeTransaction(orderNo, { scheduled: present.scheduled.filter((one) => !isSame(one)) });
    void decide(parts, orderNo, decision.code);
  });
}
