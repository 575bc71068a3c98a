import { until } from "../../acceptance/harness/until.ts";
import { arrive } from "./bank.ts";
import { type Caller, openCaller } from "./call.ts";
import type { Patience } from "./insist.ts";
import { chooseBank, create, type HandOff } from "./shopper.ts";
import type { Town } from "./town.ts";

const endless: Patience = { isOver: () => false };
const form = { "content-type": "application/x-www-form-urlencoded" };

/** A buyer who stands before the bank's login, and of whom nothing more is heard. */
async function atTheBank(town: Town, caller: Caller): Promise<HandOff> {
  const invoice = `rare-${town.random.whole(1, 2 ** 31)}`;
  const created = await create(town, caller, { invoice, amountSen: 1_250, protocol: "v2" }, endless);
  const handOff = await chooseBank(town, caller, created, endless);
  if (handOff === undefined) throw new Error(`${created.id} could not be paid`);
  await arrive(town, caller, handOff, endless);
  return handOff;
}

/** A case that a person has to decide: the bank names another amount than was asked. @returns the case's id */
export async function openACase(town: Town): Promise<string> {
  const caller = openCaller();
  const { orderNumber } = await atTheBank(town, caller);
  const overrides = { fpx_txnAmount: "99.00" };
  const message = await town.exchange.control.message(orderNumber, { route: "direct", code: "00", overrides });
  await caller.call({ method: "POST", url: message.url, body: message.body, headers: form });
  caller.close();
  return until("the case to be open", async () => {
    const listed = await town.gateway.operate(["cases", "list"]);
    if (!("json" in listed)) return undefined;
    const cases = listed.json as readonly { id: string; kind: string; detail: { differing?: readonly string[] } }[];
    return cases.find(({ kind }) => kind === "facts_differ")?.id;
  });
}

/** Makes an attempt that has been undecided for more than a day: the database is told a lie about its age, for want of a day. */
export async function ageAnAttempt(town: Town, caller: Caller): Promise<void> {
  if (!town.gateway.isRunning()) await town.gateway.start();
  const { orderNumber } = await atTheBank(town, caller);
  await town.gateway.kill();
  await town.postgres.query(
    "update attempts set created_at = created_at - interval '25 hours', next_enquiry_at = now(), enquiry_lease_until = null where order_number = $1",
    [orderNumber],
  );
}
