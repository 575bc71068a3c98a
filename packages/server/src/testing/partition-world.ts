import { newId } from "@kineticpay/contract/ids";
import type { Db } from "../db/db.ts";
import { tendPartitions } from "../partitions/tend-partitions.ts";
import { insertRows } from "../request-log/store.ts";
import { ownerDb } from "./owner-db.ts";
import { type TestClock, testClock } from "./test-clock.ts";
import { openTestCore, type TestCore } from "./test-core.ts";

const dayMs = 86_400_000;

/** The time so many days ago, or ahead when negative. */
export const agoMs = (days: number) => Date.now() - days * dayMs;

/** How the month of a time is called in the names of partitions. */
export const monthOf = (ms: number) => new Date(ms).toISOString().slice(0, 7).replace("-", "_");

/** A gateway that can live at another time, while the owner's functions go by the database's own clock. */
export interface PartitionWorld {
  readonly core: TestCore;
  readonly owner: Db;
  /** Has the gateway live at that time. */
  at(ms: number): void;
  /** Does all that is to be done for partitions; answers with how much that was. */
  tendAll(gateway?: TestCore["gateway"]): Promise<number>;
  /** What one question finds, as `found`. */
  one<T>(text: string, values?: readonly unknown[]): Promise<T | undefined>;
  /** The partition in which a row lies. */
  placeOf(table: string, id: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function openPartitionWorld(): Promise<PartitionWorld> {
  const clock: TestClock = testClock();
  const core = await openTestCore({ clock, waitsForDisk: false });
  const owner = ownerDb(core.database);
  const one = async <T>(text: string, values: readonly unknown[] = []): Promise<T | undefined> =>
    (await owner.query<{ found: T }>(text, values))[0]?.found;
  return {
    core,
    owner,
    at: (ms) => clock.advance(ms - clock.now().getTime()),
    async tendAll(gateway = core.gateway) {
      let done = 0;
      for (let more = await tendPartitions(gateway); more > 0; more = await tendPartitions(gateway)) done += more;
      return done;
    },
    one,
    placeOf: (table, id) => one(`select tableoid::regclass::text as found from ${table} where id = $1`, [id]),
    async close() {
      await owner.close();
      await core.close();
    },
  };
}

/** A call as the request log keeps it, of the test's merchant or of nobody. Answers with its id. */
export async function logCall(core: TestCore, ms: number, isStranger: boolean): Promise<string> {
  const id = newId("request", ms, core.gateway.random.bytes(10));
  const { merchantId, collectionId, keyId } = core.owner;
  const whose = isStranger
    ? { merchant_id: null, collection_id: null, key_id: null }
    : { merchant_id: merchantId, collection_id: collectionId, key_id: keyId };
  await insertRows(core.gateway.db, [
    {
      ...whose,
      id,
      key_hint: "",
      key_hash: null,
      key_kind: null,
      address: "127.0.0.1",
      protocol: "v2",
      method: "GET",
      route: "/api/v2/ping",
      path: "/api/v2/ping",
      query: {},
      status: 200,
      code: "",
      duration_ms: 1,
      request_body: null,
      answer_body: null,
      created_at: new Date(ms).toISOString(),
    },
  ]);
  return id;
}
