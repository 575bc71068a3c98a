/** How much may be tried again in all, so that a gateway in trouble does not get twice the calls. */
export interface RetryBudgetOptions {
  /** Retries for each call that is made, in the long run. 0.1, which is one for ten calls, when left out. */
  readonly ratio?: number;
  /** Retries that are free at the beginning, and the most that can be saved up. 10 when left out. */
  readonly burst?: number;
}

/** Counts calls and retries of one client. Every call earns a part of a retry; every retry spends one. */
export class RetryBudget {
  readonly #ratio: number;
  readonly #most: number;
  #saved: number;

  constructor(options: RetryBudgetOptions = {}) {
    this.#ratio = options.ratio ?? 0.1;
    this.#most = options.burst ?? 10;
    this.#saved = this.#most;
  }

  /** Retries that could be made at once. */
  get left(): number {
    return Math.floor(this.#saved);
  }

  /** A call was made for the first time. */
  earn(): void {
    this.#saved = Math.min(this.#most, this.#saved + this.#ratio);
  }

  /** Takes one retry; false when there is none left. */
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
