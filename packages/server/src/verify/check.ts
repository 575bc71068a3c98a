/** One thing that must hold in the whole database, and the question whose rows are where it does not. */
export interface Check {
  /** A stable name, such as `books.balance`. */
  readonly name: string;
  /** What holds, as a sentence. */
  readonly promise: string;
  /**
   * Selects the faults: `subject`, the id that the fault is about, `detail`, what is wrong with it, and `payment_id`, the
   * payment that it touches, or null. Set-based, since it is asked of the whole database. `$1` is the present time.
   */
  readonly sql: string;
}

/** One place where something does not hold. */
export interface Fault {
  readonly check: string;
  readonly subject: string;
  readonly detail: string;
  readonly paymentId: string | null;
}
