import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { Db, RunStatement } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { sealPurposes } from "../seams/seal.ts";
import type { WakeupName } from "../seams/wakeups.ts";
import { type Answer, type CallRecord, type KeyedCall, type NewRecord, requireSameCall } from "./call-record.ts";
import { createFlights } from "./flights.ts";
import { ClaimHeld, claimKey, findRecord, forgetPatience, keepAnswer, releaseKey } from "./store.ts";

/** The longest that a repeat waits for the answer of the call that it repeats. */
export const longestWaitMs = 2_000;
/** Longer than any call takes: what it waits for outside is bounded, and so is every statement. */
const leaseMs = 60_000;
/** How often another process's call is looked at that is at work outside of a transaction. */
const pollMs = 100;

/** What is to be done once. */
export interface WorkOnce {
  /** The work. What it throws is not kept, and what it did is undone with it. */
  readonly run: (gateway: Gateway) => Promise<Answer>;
  /** The same in one statement that writes the record too, where nothing is in its way; false where something is. */
  readonly atOnce: ((keep: (answer: Answer) => NewRecord) => Promise<boolean>) | undefined;
  /** Whether the work waits for anybody outside, which no transaction may span. */
  readonly reachesOut: boolean;
  /** Whether the answer shows a secret. */
  readonly isSecret: boolean;
}

export interface OnceAnswered {
  readonly answer: Answer;
  readonly isReplayed: boolean;
}

/**
 * Answers a call that came with a key: by doing its work, or, when that has been done before, with the answer that it got.
 * @throws GatewayError idempotency_key_reused, idempotency_in_progress, and whatever the work throws
 */
export type AnswerOnce = (call: KeyedCall, work: WorkOnce) => Promise<OnceAnswered>;

type Answered = CallRecord & { readonly answer: Answer };

/** A call, what it asks for, and by when it must be told something. */
interface Turn {
  readonly gateway: Gateway;
  readonly call: KeyedCall;
  readonly work: WorkOnce;
  readonly deadlineMs: number;
}

const patience = (turn: Turn) => Math.max(1, Math.ceil(turn.deadlineMs - performance.now()));

function newRecord(turn: Turn, answer: Answer): NewRecord {
  const { seal } = turn.gateway;
  const sealed = turn.work.isSecret ? seal.close(Buffer.from(answer.body), sealPurposes.keptAnswer) : null;
  return { call: turn.call, answer, sealed, patienceMs: patience(turn) };
}

/** A record as it was just written, without reading it back. */
function written(call: KeyedCall, answer: Answer): Answered {
  const { route, fingerprint, requestId, at } = call;
  return { route, fingerprint, requestId, createdAt: at, answer, leaseUntil: null };
}

function lease(gateway: Gateway): { now: Date; until: Date } {
  const now = gateway.clock.now();
  return { now, until: new Date(now.getTime() + leaseMs) };
}

/** Does the work in the one statement that some work can be done in. */
async function atOnce(turn: Turn): Promise<Answered | undefined> {
  let kept: Answer | undefined;
  const isDone = await turn.work.atOnce?.((answer) => {
    kept = answer;
    return newRecord(turn, answer);
  });
  return isDone === true && kept !== undefined ? written(turn.call, kept) : undefined;
}

/**
 * The gateway as enclosed work has it. What the work tells others of is told after the commit: whoever heard of it before
 * would look, and find things as they were.
 */
function enclosedGateway(gateway: Gateway, db: Db): { readonly inside: Gateway; readonly tell: () => void } {
  const woken = new Set<WakeupName>();
  let isForgotten = false;
  const forget = () => {
    isForgotten = true;
  };
  const wakeups = { ...gateway.wakeups, wake: (name: WakeupName) => void woken.add(name) };
  return {
    inside: { ...gateway, db, wakeups, knownKeys: { ...gateway.knownKeys, forget } },
    tell() {
      if (isForgotten) gateway.knownKeys.forget();
      for (const name of woken) gateway.wakeups.wake(name);
    },
  };
}

/** Has everything that the work commits commit with the record. Undefined when the key has been taken meanwhile. */
async function enclosed(turn: Turn): Promise<Answered | undefined> {
  const { gateway, call, work } = turn;
  let tell = () => {};
  try {
    const answer = await gateway.db.enclose("idempotency.enclose", async (db, tx) => {
      const write: RunStatement = (text, values) => tx.query(text, values);
      if (!(await claimKey(write, call, lease(gateway), patience(turn)))) return undefined;
      await forgetPatience(tx);
      const around = enclosedGateway(gateway, db);
      tell = around.tell;
      const made = await work.run(around.inside);
      if (!(await keepAnswer(write, newRecord(turn, made)))) throw new Error("a claim was lost unseen");
      return made;
    });
    return answer === undefined ? undefined : written(call, answer);
  } finally {
    // Also when it failed: a commit whose answer was lost may have been one.
    tell();
  }
}

/**
 * Claims the key first and keeps the answer afterwards, each in a commit of its own. Whoever finds a claim waits for its
 * answer, and once the lease is over does the work again: it is of a kind that can be repeated.
 */
async function leased(turn: Turn): Promise<Answered | undefined> {
  const { gateway, call, work } = turn;
  const { db, log } = gateway;
  const claim: RunStatement = (text, values) => db.write("idempotency.claim", text, values);
  if (!(await claimKey(claim, call, lease(gateway), patience(turn)))) return undefined;
  let answer: Answer;
  try {
    answer = await work.run(gateway);
  } catch (error) {
    await releaseKey(db, call).catch((failure) => {
      log.warn({ err: failure, request: call.requestId }, "a claimed key was not freed; its lease will end");
    });
    throw error;
  }
  const keep: RunStatement = (text, values) => db.write("idempotency.keep", text, values);
  return (await keepAnswer(keep, newRecord(turn, answer))) ? written(call, answer) : undefined;
}

/** Does the work, or finds out what came of it. The record may be another call's. */
async function findOrDo(turn: Turn): Promise<CallRecord> {
  const { gateway, call, work, deadlineMs } = turn;
  const made = await atOnce(turn);
  if (made !== undefined) return made;
  for (;;) {
    const found = await findRecord(gateway.db, gateway.seal, call);
    if (found?.answer != null) return found;
    if (found !== undefined) requireSameCall(found, call);
    const isFree = found?.leaseUntil == null || found.leaseUntil <= gateway.clock.now();
    const done = isFree ? await (work.reachesOut ? leased : enclosed)(turn) : undefined;
    if (done !== undefined) return done;
    if (performance.now() >= deadlineMs) throw new ClaimHeld("another call is at work with this key");
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Answers the keyed calls of one process. */
export function createAnswerOnce(gateway: Gateway): AnswerOnce {
  const flights = createFlights<CallRecord>();
  const inProgress = () => new GatewayError("idempotency_in_progress", { meta: { waited_ms: longestWaitMs } });
  return async (call, work) => {
    const turn = { gateway, call, work, deadlineMs: performance.now() + longestWaitMs };
    const name = JSON.stringify([call.merchantId, call.collectionId, call.key]);
    const findOrTell = () =>
      findOrDo(turn).catch((error: unknown) => {
        throw error instanceof ClaimHeld ? inProgress() : error;
      });
    const record = await flights.share(name, turn.deadlineMs, findOrTell);
    if (record === undefined) throw inProgress();
    requireSameCall(record, call);
    if (record.answer === null) throw new Error("a call was given out as done that was not");
    return { answer: record.answer, isReplayed: record.requestId !== call.requestId };
  };
}
