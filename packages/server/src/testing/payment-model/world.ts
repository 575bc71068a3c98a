import { ownerDb } from "../owner-db.ts";
import { openPretendExchange, type PretendExchange } from "../pretend-exchange.ts";
import { type TestClock, testClock } from "../test-clock.ts";
import { openTestCore, type TestCore } from "../test-core.ts";

/** A gateway on a real database of its own, an exchange that says what it is told, and a clock that is moved by hand. */
export interface World {
  readonly core: TestCore;
  readonly clock: TestClock;
  readonly exchange: PretendExchange;
  /** What an enquiry about an order is told: a code, "silent" or "garbage"; an order that is not here is unknown. */
  readonly bank: Map<string, string>;
  /** What the invoices of the present sequence end in. */
  readonly suffix: string;
  /** The exchange may be asked again, however often it was silent: how long it is then left alone is tested elsewhere. */
  forgiveExchange(): Promise<void>;
  /** Lays to rest what an earlier sequence left behind, so that the next one meets nothing of it. */
  startAnew(): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const clock = testClock();
  const exchange = await openPretendExchange();
  const { exchange: believed, outbound } = exchange;
  const core = await openTestCore({
    ...{ clock, exchange: believed, outbound, waitsForDisk: false },
    settings: { KINETICPAY_ENQUIRY_RATE: "1000" },
  });
  const bank = new Map<string, string>();
  exchange.answerWith((asked) => {
    const said = bank.get(asked["fpx_sellerExOrderNo"] ?? "") ?? "76";
    if (said === "silent") return undefined;
    return said === "garbage" ? "<html>Service Unavailable</html>" : exchange.confirm(asked, said);
  });
  const database = ownerDb(core.database);
  let sequences = 0;
  return {
    core,
    clock,
    exchange,
    bank,
    get suffix() {
      return `-${sequences}`;
    },
    async forgiveExchange() {
      await database.query("update exchanges set faults = 0, opened_at = null, probe_at = null where faults > 0");
    },
    async startAnew() {
      sequences += 1;
      bank.clear();
      await database.query("update attempts set next_enquiry_at = null where next_enquiry_at is not null");
      await database.query("update payments set expires_at = 'infinity' where status = 'open'");
    },
    async close() {
      await database.close();
      await core.close();
      await exchange.close();
    },
  };
}
