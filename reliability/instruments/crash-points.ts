import { setTimeout as pause } from "node:timers/promises";
import { openCaller } from "../cast/call.ts";
import { startLoad } from "../cast/load.ts";
import { ageAnAttempt, openACase } from "../cast/rarities.ts";
import { openTown, type Town } from "../cast/town.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, openNotebook } from "../findings.ts";
import type { Run } from "../instrument.ts";

/** Only an operator's program passes these. */
const operators = new Set(["cases.close", "merchants.create", "payments.erase"]);
/** Ordinary life passes these only after a day. */
const rare = new Set(["payments.open_unresolved"]);
/** Passed once by every start, by a loop that seldom turns, or on news that are seldom. */
const seldom = new Set([
  "schema.migrate",
  "gateway.claim_mode",
  "partitions.make",
  "partitions.drop",
  "partitions.set_keep_days",
  "api_keys.note_uses",
  "banks.note_status",
  "payments.note_fault",
  "payments.set_retention",
  "payments.erase_due",
  "verify.prove",
  "verify.conclude",
  "idempotency.reap",
  "idempotency.release",
]);

const nameOf = (label: string) => label.replace(/^(before|after):/, "");

/** What the database has been told to keep is told anew only when the setting has changed. */
const toldAnew: Readonly<Record<string, string>> = {
  "payments.set_retention": "KINETICPAY_BUYER_DATA_DAYS",
  "partitions.set_keep_days": "KINETICPAY_EVENT_DAYS",
};

/** True for what a gateway under load passes within seconds. */
export function isOrdinary(label: string): boolean {
  return !operators.has(nameOf(label)) && !rare.has(nameOf(label)) && !(nameOf(label) in toldAnew);
}

/** Every point that the gateway says it has. */
export async function labelsOf(town: Town): Promise<string[]> {
  const printed = await town.gateway.operate(["crash-points", "list"]);
  if (!("json" in printed)) throw new Error(`the points could not be listed: ${printed.stderr}`);
  return printed.json as string[];
}

const passedWithinMs = 60_000;

/**
 * Starts a gateway that dies at this point, and waits for its death. Where it does not come, the gateway is killed.
 * @param withinMs how long to wait for it
 * @returns false when the point was not passed so often
 */
export async function dieAt(town: Town, label: string, passing: number, withinMs = passedWithinMs): Promise<boolean> {
  const times = seldom.has(nameOf(label)) || rare.has(nameOf(label)) ? 1 : passing;
  const setting = toldAnew[nameOf(label)];
  const changed = setting === undefined ? {} : { [setting]: String(town.random.whole(366, 9_999)) };
  town.gateway.launch({ KINETICPAY_CRASH_AT: `${label}:${times}`, ...changed });
  const ready = town.gateway.untilReady().then((readyMs) => {
    if (readyMs !== undefined) town.notebook.time("ready again", readyMs);
  });
  const { ended } = town.gateway.program;
  const waited = new AbortController();
  const inVain = pause(withinMs, "in vain" as const, { signal: waited.signal }).catch(() => undefined);
  const end = await Promise.race([ended, inVain]);
  waited.abort();
  if (end === "in vain" || end === undefined) await town.gateway.kill();
  else if (end.signal !== "SIGKILL")
    town.notebook.violation(`a gateway ended by itself: ${town.gateway.program.stderr()}`);
  await ready;
  return end !== "in vain";
}

/** An operator's command that dies at a point, and then again without dying. */
async function operatorDiesAt(town: Town, label: string): Promise<void> {
  const at = { KINETICPAY_CRASH_AT: `${label}:1` };
  const isBefore = label.startsWith("before:");
  if (!town.gateway.isRunning()) await town.gateway.start();
  const report = (text: string) => town.notebook.violation(`${label}: ${text}`);
  if (nameOf(label) === "cases.close") {
    const id = await openACase(town);
    const close = ["cases", "close", id, "--by", "Aminah", "--note", "Refunded"];
    const died = await town.gateway.operate(close, at);
    if ("json" in died || died.ended.signal !== "SIGKILL") return report("the operator's program did not die there");
    const again = await town.gateway.operate(close);
    if ("json" in again !== isBefore) report("the case was not closed exactly when its commit was");
    return;
  }
  if (nameOf(label) === "payments.erase") {
    const [ended] = await town.postgres.query<{ id: string }>(
      "select p.id from payments p where status = 'cancelled' and buyer_erased_at is null and erasure_hindrance(id) is null limit 1",
    );
    if (ended === undefined) return report("there was no ended payment to erase");
    const erase = ["erase", "--payment", ended.id, "--by", "Aminah"];
    const died = await town.gateway.operate(erase, at);
    if ("json" in died || died.ended.signal !== "SIGKILL") return report("the operator's program did not die there");
    const text = "select buyer_erased_at as erased_at from payments where id = $1";
    const [row] = await town.postgres.query<{ erased_at: Date | null }>(text, [ended.id]);
    if ((row?.erased_at === null) !== isBefore) report("the buyer was not erased exactly when the commit was");
    return;
  }
  const name = `Kedai ${town.random.whole(1, 1_000_000_000)}`;
  const make = ["merchants", "create", name, "--website", "https://shop.example"];
  const died = await town.gateway.operate(make, at);
  if ("json" in died || died.ended.signal !== "SIGKILL") return report("the operator's program did not die there");
  const listed = await town.gateway.operate(["merchants", "list"]);
  const isThere = "json" in listed && JSON.stringify(listed.json).includes(name);
  if (isThere === isBefore) report("the merchant was not made exactly when its commit was");
}

async function passOnce(town: Town, label: string): Promise<void> {
  if (operators.has(nameOf(label))) return operatorDiesAt(town, label);
  if (rare.has(nameOf(label))) {
    const caller = openCaller();
    await ageAnAttempt(town, caller);
    caller.close();
  }
  if (!(await dieAt(town, label, town.random.whole(1, 3))))
    town.notebook.violation(`${label} was not passed within ${passedWithinMs} ms, so nothing died there`);
}

/** Has a gateway die once at every point, or at a share of them, under load. */
export async function everyPoint(run: Run, share: number): Promise<Findings> {
  const notebook = openNotebook();
  const town = await openTown({ random: run.random, notebook });
  try {
    const labels = await labelsOf(town);
    const load = startLoad(town, { workers: 8, withOffice: true });
    for (const label of labels) {
      if (!town.random.chance(share)) continue;
      if (town.gateway.isRunning() && isOrdinary(label)) await town.gateway.kill();
      await passOnce(town, label);
      await checkStored(town, label);
      notebook.count("kills");
      notebook.count("points");
    }
    run.say(`${notebook.findings().counts["points"]} points`);
    if (!town.gateway.isRunning()) await town.gateway.start();
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    return notebook.findings();
  } finally {
    await town.close();
  }
}
