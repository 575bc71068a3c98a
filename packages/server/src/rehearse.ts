import type { Gateway } from "./gateway.ts";

/**
 * Runs a use-case for its answer alone: the same code on the same data, and nothing of it stays. So what
 * `validate_only` finds can never differ from what the real call would find.
 */
export async function rehearse<T>(gateway: Gateway, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  return gateway.db.rehearse((db) => work({ ...gateway, db, wakeups: { ...gateway.wakeups, wake: () => undefined } }));
}
