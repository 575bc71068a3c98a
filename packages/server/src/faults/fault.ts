import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";

/** The most that an answer is kept waiting. */
export const longestDelayMs = 60_000;

/** What is to go wrong with a call. It can only ever make things worse: no fault turns a failure into a success. */
export interface Fault {
  /** The error to answer with; undefined for a fault of the connection alone. */
  readonly code: ErrorCode | undefined;
  readonly delayMs: number;
  /** The work is done and stays done; only its answer is replaced or lost. */
  readonly afterCommit: boolean;
  /** The connection is reset before an answer. */
  readonly drop: boolean;
  /** The connection is reset in the middle of the answer. */
  readonly half: boolean;
}

/** True for a fault that leaves the work undone. */
export function preventsWork(fault: Fault): boolean {
  return !fault.afterCommit && (fault.code !== undefined || fault.drop);
}
