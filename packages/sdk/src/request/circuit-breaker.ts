/**
 * `closed`: calls go out. `open`: none does. `half_open`: the time is up, and one call may go out to see whether the host
 * is well again.
 */
export type BreakerState = "closed" | "open" | "half_open";

/** When a host that keeps failing is left alone, and for how long. */
export interface BreakerOptions {
  /** Failures in a row that open it. 5 when left out. */
  readonly failures?: number;
  /** Milliseconds that it stays open before one call may try. 10,000 when left out. */
  readonly openMs?: number;
}

/** A change of state, as the hook `breaker` is told it. */
export interface BreakerEvent {
  readonly host: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** Failures in a row. */
  readonly failures: number;
  /** When one call may try; undefined unless it is open. */
  readonly retryAt: Date | undefined;
}

/** Leave to make one call. Its holder says what became of it, once. */
export interface Permit {
  readonly isProbe: boolean;
  /** How often the breaker had opened when it was given: what is heard of later is of another time. */
  readonly era: number;
}

/**
 * Keeps calls from a host that keeps failing. What counts is a 5xx, a connection fault or a time that was up, several in a
 * row; an answer below 500 ends the row. It lives in memory and holds for one client and those made from it.
 */
export class CircuitBreaker {
  readonly host: string;
  readonly #most: number;
  readonly #openMs: number;
  readonly #tell: (event: BreakerEvent) => void;
  #state: BreakerState = "closed";
  #failures = 0;
  #openedAtMs = 0;
  #isProbing = false;
  #era = 0;

  constructor(host: string, options: BreakerOptions, tell: (event: BreakerEvent) => void) {
    this.host = host;
    this.#most = Math.max(1, options.failures ?? 5);
    this.#openMs = options.openMs ?? 10_000;
    this.#tell = tell;
  }

  /** How it stands now. */
  get state(): BreakerState {
    if (this.#state === "open" && Date.now() >= this.#openedAtMs + this.#openMs) this.#change("half_open");
    return this.#state;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** When one call may try; undefined unless it is open. */
  get retryAt(): Date | undefined {
    return this.state === "open" ? new Date(this.#openedAtMs + this.#openMs) : undefined;
  }

  /** Asks for leave to call; undefined when nothing may be sent now. */
  enter(): Permit | undefined {
    const state = this.state;
    if (state === "closed") return { isProbe: false, era: this.#era };
    if (state === "open" || this.#isProbing) return undefined;
    this.#isProbing = true;
    return { isProbe: true, era: this.#era };
  }

  /** The host answered, and not with a failure of its own. */
  succeeded(permit: Permit): void {
    if (permit.era !== this.#era) return;
    if (permit.isProbe) this.#isProbing = false;
    this.#failures = 0;
    if (this.#state !== "closed") this.#change("closed");
  }

  /** The host failed. */
  failed(permit: Permit): void {
    if (permit.era !== this.#era) return;
    this.#failures += 1;
    if (!permit.isProbe && this.#failures < this.#most) return;
    this.#isProbing = false;
    this.#openedAtMs = Date.now();
    this.#era += 1;
    this.#change("open");
  }

  /** The call ended without a word about the host: its caller gave it up. */
  released(permit: Permit): void {
    if (permit.isProbe && permit.era === this.#era) this.#isProbing = false;
  }

  #change(to: BreakerState): void {
    const from = this.#state;
    this.#state = to;
    const retryAt = to === "open" ? new Date(this.#openedAtMs + this.#openMs) : undefined;
    this.#tell({ host: this.host, from, to, failures: this.#failures, retryAt });
  }
}
