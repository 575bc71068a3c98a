import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { newId } from "@kineticpay/contract/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunStatement } from "../db/db.ts";
import { testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { createAnswerOnce, type WorkOnce } from "./answer-once.ts";
import type { Answer, KeyedCall } from "./call-record.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { claimKey, findRecord } from "./store.ts";

const clock = testClock();
let core: TestCore;
beforeAll(async () => {
  core = await openTestCore({ clock });
});
afterAll(() => core.close());

let made = 0;
function newCall(change: Partial<KeyedCall> = {}): KeyedCall {
  const { merchantId, collectionId } = core.merchant;
  return {
    merchantId,
    collectionId,
    key: `K-${++made}`,
    route: "POST /x",
    fingerprint: fingerprintOf({}, { x: 1 }),
    requestId: newId("request", clock.now().getTime(), core.gateway.random.bytes(10)),
    at: clock.now(),
    ...change,
  };
}
/** The same call once more, as another request. */
const repeat = (call: KeyedCall) => newCall({ ...call, requestId: newCall().requestId });

const answer = (body: string): Answer => ({ status: 200, mediaType: "application/json", body });
const work = (run: WorkOnce["run"], change: Partial<WorkOnce> = {}): WorkOnce => ({
  run,
  atOnce: undefined,
  reachesOut: false,
  isSecret: false,
  ...change,
});

/** Something that a test lets go of when it is ready. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const waitAll = { waited_ms: 2_000 };

describe.each([
  ["within a transaction", false],
  ["outside of one", true],
])("work done %s", (_where, reachesOut) => {
  it("is done once by two processes that are asked together", async () => {
    const [one, other] = [createAnswerOnce(core.gateway), createAnswerOnce(core.gateway)];
    const call = newCall();
    const [busy, finish] = [gate(), gate()];
    let runs = 0;
    const run = async () => {
      runs += 1;
      busy.open();
      await finish.opened;
      return answer("first");
    };
    const first = one(call, work(run, { reachesOut }));
    await busy.opened;
    const second = other(repeat(call), work(run, { reachesOut }));
    finish.open();
    expect(await first).toEqual({ answer: answer("first"), isReplayed: false });
    expect(await second).toEqual({ answer: answer("first"), isReplayed: true });
    expect(runs).toBe(1);
  });

  it.each(["the same process", "another process"])(
    "makes a repeat at %s wait two seconds, and no longer",
    async (where) => {
      const one = createAnswerOnce(core.gateway);
      const other = where === "the same process" ? one : createAnswerOnce(core.gateway);
      const call = newCall();
      const [busy, finish] = [gate(), gate()];
      const run = async () => {
        busy.open();
        await finish.opened;
        return answer("late");
      };
      const first = one(call, work(run, { reachesOut }));
      await busy.opened;
      const started = performance.now();
      const late = await other(repeat(call), work(run, { reachesOut })).catch((error: GatewayError) => error);
      const waitedMs = performance.now() - started;
      expect(late).toMatchObject({ code: "idempotency_in_progress", meta: waitAll, retryAfterS: 1 });
      expect(waitedMs).toBeGreaterThan(1_900);
      expect(waitedMs).toBeLessThan(3_500);
      finish.open();
      await first;
      expect(await other(repeat(call), work(run, { reachesOut }))).toEqual({
        answer: answer("late"),
        isReplayed: true,
      });
    },
  );

  it("that fails is done by the repeat that waited for it", async () => {
    const [one, other] = [createAnswerOnce(core.gateway), createAnswerOnce(core.gateway)];
    const call = newCall();
    const [busy, finish] = [gate(), gate()];
    const fail = async () => {
      busy.open();
      await finish.opened;
      throw new GatewayError("internal_error", { meta: {} });
    };
    const first = one(call, work(fail, { reachesOut })).catch((error: GatewayError) => error);
    await busy.opened;
    const second = other(
      repeat(call),
      work(async () => answer("second"), { reachesOut }),
    );
    const third = one(
      repeat(call),
      work(async () => answer("third"), { reachesOut }),
    );
    finish.open();
    expect(await first).toMatchObject({ code: "internal_error" });
    const [a, b] = await Promise.all([second, third]);
    expect(a.answer).toEqual(b.answer);
    expect([a.isReplayed, b.isReplayed].sort()).toEqual([false, true]);
  });

  it("keeps a secret answer sealed, and gives it again", async () => {
    const [one, other] = [createAnswerOnce(core.gateway), createAnswerOnce(core.gateway)];
    const call = newCall();
    const shown = work(async () => answer('{"key":"s3cret"}'), { reachesOut, isSecret: true });
    await one(call, shown);
    const rows = await core.gateway.db.query<{ row: string }>(
      "select r::text as row from idempotency_records r where idempotency_key = $1",
      [call.key],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain("s3cret");
    expect(await other(repeat(call), shown)).toEqual({ answer: answer('{"key":"s3cret"}'), isReplayed: true });
  });
});

describe("a process that died over work outside of a transaction", () => {
  const claim = (call: KeyedCall) => {
    const now = clock.now();
    const write: RunStatement = (text, values) => core.gateway.db.write("idempotency.claim", text, values);
    return claimKey(write, call, { now, until: new Date(now.getTime() + 60_000) }, 1_000);
  };

  it("leaves its key free when its lease ends, and not before", async () => {
    const once = createAnswerOnce(core.gateway);
    const call = newCall();
    expect(await claim(call)).toBe(true);
    const run = work(async () => answer("anew"), { reachesOut: true });
    await expect(once(repeat(call), run)).rejects.toMatchObject({ code: "idempotency_in_progress" });
    clock.advance(60_000);
    expect(await once(repeat(call), run)).toEqual({ answer: answer("anew"), isReplayed: false });
  });

  it("leaves it to its own call alone, whatever became of that", async () => {
    const once = createAnswerOnce(core.gateway);
    const call = newCall();
    await claim(call);
    clock.advance(120_000);
    const other = { ...repeat(call), fingerprint: fingerprintOf({}, { x: 2 }) };
    expect(await claim(other)).toBe(false);
    await expect(
      once(
        other,
        work(async () => answer("x"), { reachesOut: true }),
      ),
    ).rejects.toMatchObject({
      code: "idempotency_key_reused",
      meta: { differs: "body", request: call.requestId },
    });
  });

  /** Work that tells when it has begun, and ends when it may. */
  function stage(name: string) {
    const [busy, finish] = [gate(), gate()];
    const run = async () => {
      busy.open();
      await finish.opened;
      return answer(name);
    };
    return { busy, finish, work: work(run, { reachesOut: true }) };
  }

  it("and comes back after all gives the answer of whoever took over", async () => {
    const [slow, quick] = [createAnswerOnce(core.gateway), createAnswerOnce(core.gateway)];
    const call = newCall();
    const late = stage("slow");
    const sleeping = slow(call, late.work);
    await late.busy.opened;
    clock.advance(60_000);
    const taken = await quick(
      repeat(call),
      work(async () => answer("quick"), { reachesOut: true }),
    );
    expect(taken).toEqual({ answer: answer("quick"), isReplayed: false });
    late.finish.open();
    expect(await sleeping).toEqual({ answer: answer("quick"), isReplayed: true });
  });

  it("and comes back after all leaves the key to whoever took over and is still at work", async () => {
    const [slow, quick] = [createAnswerOnce(core.gateway), createAnswerOnce(core.gateway)];
    const call = newCall();
    const [late, next] = [stage("slow"), stage("quick")];
    const sleeping = slow(call, late.work);
    await late.busy.opened;
    clock.advance(60_000);
    const taking = quick(repeat(call), next.work);
    await next.busy.opened;
    late.finish.open();
    await expect(sleeping).rejects.toMatchObject({ code: "idempotency_in_progress" });
    next.finish.open();
    expect(await taking).toEqual({ answer: answer("quick"), isReplayed: false });
  });
});

describe("work within a transaction", () => {
  it("tells nobody before others can see what it did: neither loops nor the memory of keys", async () => {
    const seen: Promise<unknown>[] = [];
    const call = newCall();
    const look = () => void seen.push(findRecord(core.gateway.db, core.gateway.seal, call));
    const once = createAnswerOnce({
      ...core.gateway,
      wakeups: { ...core.gateway.wakeups, wake: look },
      knownKeys: { ...core.gateway.knownKeys, forget: look },
    });
    await once(
      call,
      work(async (gateway) => {
        gateway.wakeups.wake("deliver");
        gateway.knownKeys.forget();
        await gateway.db.query("select 1");
        return answer("done");
      }),
    );
    const done = expect.objectContaining({ answer: answer("done") });
    expect(await Promise.all(seen)).toEqual([done, done]);
  });

  it("undoes what it gave up, and keeps what it had committed before", async () => {
    const once = createAnswerOnce(core.gateway);
    const insert = "insert into merchants (id, name, created_at) values ($1, 'Kedai Ujian', now())";
    await once(
      newCall(),
      work(async ({ db }) => {
        await db.transaction("merchants.create", (tx) => tx.query(insert, ["m_kept"]));
        await db
          .transaction("merchants.create", async (tx) => {
            await tx.query(insert, ["m_given_up"]);
            throw new Error("changed my mind");
          })
          .catch(() => undefined);
        return answer("done");
      }),
    );
    const stored = await core.gateway.db.query("select id from merchants where id like 'm\\_%'");
    expect(stored).toEqual([{ id: "m_kept" }]);
  });

  it("may have one transaction open at a time", async () => {
    const once = createAnswerOnce(core.gateway);
    const both = work(async ({ db }) => {
      const sleep = () => db.transaction("cases.close", (tx) => tx.query("select pg_sleep(0.05)"));
      await Promise.all([sleep(), sleep()]);
      return answer("done");
    });
    await expect(once(newCall(), both)).rejects.toThrow("one transaction at a time");
  });
});
