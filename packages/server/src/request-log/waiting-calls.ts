import type { LoggedCall } from "./logged-call.ts";

/** How much may wait to be written. Whatever comes on top pushes out the oldest. */
export interface WaitingLimits {
  readonly mostCalls: number;
  /** Of bodies and answers, as they came. */
  readonly mostBytes: number;
}

interface Entry {
  readonly call: LoggedCall;
  readonly bytes: number;
}

/** Roughly what a call takes in memory; a parsed body takes a few times the room of its text. */
function weigh(call: LoggedCall): number {
  return 500 + call.bodyBytes * 4 + (call.answer?.length ?? 0) + call.path.length + call.query.length;
}

/** The calls that wait, oldest first, within their bounds. */
export class WaitingCalls {
  readonly #limits: WaitingLimits;
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(limits: WaitingLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Returns how many had to go for it. */
  push(call: LoggedCall): number {
    const bytes = weigh(call);
    this.#entries.push({ call, bytes });
    this.#bytes += bytes;
    return this.#makeRoom();
  }

  take(count: number): LoggedCall[] {
    const taken = this.#entries.splice(0, count);
    for (const entry of taken) this.#bytes -= entry.bytes;
    return taken.map((entry) => entry.call);
  }

  /** Puts what could not be written back to the front, as far as there is room. Returns how many had to go. */
  putBack(calls: readonly LoggedCall[]): number {
    const entries = calls.map((call) => ({ call, bytes: weigh(call) }));
    for (const entry of entries) this.#bytes += entry.bytes;
    this.#entries = [...entries, ...this.#entries];
    return this.#makeRoom();
  }

  #makeRoom(): number {
    let gone = 0;
    while (this.#entries.length > this.#limits.mostCalls || this.#bytes > this.#limits.mostBytes) {
      const first = this.#entries.shift();
      if (first === undefined) break;
      this.#bytes -= first.bytes;
      gone += 1;
    }
    return gone;
  }
}
