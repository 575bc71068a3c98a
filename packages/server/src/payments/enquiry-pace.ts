/** What all processes together remember of one bank network. Times in milliseconds. */
export interface ExchangeState {
  /**
   * Of the background's half of the rate: when the next enquiry would be due if they came evenly. Behind the clock when
   * nothing was asked lately.
   */
  readonly backgroundUntilMs: number;
  /** The same of the half that is for callers and buyers, who may have taken turns to come. */
  readonly callersUntilMs: number;
  /** Since when only a probe is let through, because the network did not answer; null while it does. */
  readonly openedAtMs: number | null;
  /** When the next probe may go. */
  readonly probeAtMs: number | null;
}

/** Who wants to ask: somebody who waits, for so long at most, or the background, for as many as it can have now. */
export type Asker =
  | { readonly kind: "caller"; readonly patienceMs: number }
  | { readonly kind: "background"; readonly wanted: number };

export interface Permission {
  /** How many enquiries may go. */
  readonly granted: number;
  /** How long a caller's has to wait before it goes. */
  readonly startInMs: number;
  /** Why there were not as many as wanted. */
  readonly why: "paced" | "open" | undefined;
  /** When asking for permission again makes sense, from now. */
  readonly retryAfterMs: number;
  readonly state: ExchangeState;
}

/** How long the network is left alone between two probes; longer than an enquiry may take, so that one is under way. */
export const probeEveryMs = 15_000;

interface Pace {
  readonly burst: number;
  readonly intervalMs: number;
}

/** Chosen so that burst and refill together never make more than the rate in any second. */
function paceOf(ratePerS: number): Pace {
  const burst = 1 + Math.floor(ratePerS / 5);
  return { burst, intervalMs: Math.ceil(1_000 / (ratePerS - burst + 1)) };
}

/** The generic cell rate algorithm: from when the next may go, if up to `burst` may go at once after a pause. */
const earliest = (untilMs: number, { burst, intervalMs }: Pace) => untilMs - (burst - 1) * intervalMs;
const pushed = (untilMs: number, atMs: number, { intervalMs }: Pace) => Math.max(untilMs, atMs) + intervalMs;

function probe(state: ExchangeState, nowMs: number, pace: Pace): Permission {
  const waitMs = Math.max(0, (state.probeAtMs ?? nowMs) - nowMs);
  if (waitMs > 0) return { granted: 0, startInMs: 0, why: "open", retryAfterMs: waitMs, state };
  // It counts: what waits may follow on its answer within the same second.
  const backgroundUntilMs = pushed(state.backgroundUntilMs, nowMs, pace);
  const after = { ...state, backgroundUntilMs, probeAtMs: nowMs + probeEveryMs };
  return { granted: 1, startInMs: 0, why: "open", retryAfterMs: probeEveryMs, state: after };
}

function forCaller(state: ExchangeState, nowMs: number, patienceMs: number, pace: Pace): Permission {
  const startMs = Math.max(nowMs, earliest(state.callersUntilMs, pace));
  const startInMs = startMs - nowMs;
  if (startInMs > patienceMs) return { granted: 0, startInMs: 0, why: "paced", retryAfterMs: startInMs, state };
  const after = { ...state, callersUntilMs: pushed(state.callersUntilMs, startMs, pace) };
  return { granted: 1, startInMs, why: undefined, retryAfterMs: 0, state: after };
}

/** As many as conform at this moment, and the time from which the next one would. */
function taken(untilMs: number, nowMs: number, wanted: number, pace: Pace) {
  let until = untilMs;
  let count = 0;
  for (; count < wanted && earliest(until, pace) <= nowMs; count += 1) until = pushed(until, nowMs, pace);
  return { count, until, nextMs: earliest(until, pace) };
}

function forBackground(state: ExchangeState, nowMs: number, wanted: number, own: Pace, callers: Pace): Permission {
  const first = taken(state.backgroundUntilMs, nowMs, wanted, own);
  // What nobody waits for may be used too. A caller who comes then takes the next turn, and the background cannot.
  const spare = taken(state.callersUntilMs, nowMs, wanted - first.count, callers);
  const granted = first.count + spare.count;
  const isShort = granted < wanted;
  return {
    granted,
    startInMs: 0,
    why: isShort ? "paced" : undefined,
    retryAfterMs: isShort ? Math.min(first.nextMs, spare.nextMs) - nowMs : 0,
    state: { ...state, backgroundUntilMs: first.until, callersUntilMs: spare.until },
  };
}

/**
 * Decides how many enquiries may go to a bank network: no more than the rate in any second, and while the network does not
 * answer one probe at a time. Pure; whoever calls it keeps the state, under a lock.
 * @param ratePerS at least 2
 */
export function permit(state: ExchangeState, nowMs: number, asker: Asker, ratePerS: number): Permission {
  // Half is the callers', so that no merchant's program can keep the background from learning what became of payments.
  const own = paceOf(Math.ceil(ratePerS / 2));
  const callers = paceOf(Math.floor(ratePerS / 2));
  if (state.openedAtMs !== null) return probe(state, nowMs, own);
  return asker.kind === "caller"
    ? forCaller(state, nowMs, asker.patienceMs, callers)
    : forBackground(state, nowMs, asker.wanted, own, callers);
}
