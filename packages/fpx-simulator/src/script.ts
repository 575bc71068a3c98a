/** What AE and BE can be made to answer; `normal` is the honest answer. */
export const disturbances = [
  "normal",
  "slow",
  "garbage",
  "html",
  "error",
  "reset",
  "closed",
  "oversized",
  "http_500",
  "bad_signature",
  "wrong_key",
] as const;
export type Disturbance = (typeof disturbances)[number];

/** How direct AC messages travel. */
export type DirectRoute = "send" | "drop" | "duplicate" | { readonly delay_ms: number };
/** How indirect AC messages travel. */
export type IndirectRoute = "send" | "drop" | "duplicate";

/** Which payments a script is for; an absent member matches every payment. */
export interface ScriptMatch {
  readonly seller_order_no?: string;
  readonly bank_id?: string;
  readonly any?: true;
}

/** What a person or a test asked for ahead of a payment, in the words of the control API. */
export interface ScriptInput {
  readonly match: ScriptMatch;
  readonly code?: string;
  readonly delay_ms?: number;
  readonly direct?: DirectRoute;
  readonly indirect?: IndirectRoute;
  readonly order?: "direct_first" | "indirect_first";
  readonly late_success_after_ms?: number;
  readonly ae?: Disturbance;
  readonly ae_times?: number;
  readonly be?: Disturbance;
  readonly slow_ms?: number;
  readonly times?: number;
}

export interface Script extends ScriptInput {
  readonly id: string;
  /** How many payments (or, for `be` alone, bank lists) it has been used for. */
  readonly used: number;
}

/** The names under which a script can find a payment. */
export interface ScriptTarget {
  readonly orderNo: string;
  readonly sellerOrderNo: string;
  readonly bankId: string;
}

/**
 * The script to use for a payment: one naming the order comes before one naming the bank, and that before `any`;
 * among equals the oldest. Scripts that are used up are passed over.
 */
export function findScript(scripts: Iterable<Script>, target: ScriptTarget): Script | undefined {
  let best: Script | undefined;
  for (const script of scripts) {
    if (isUsedUp(script) || isForBankListOnly(script) || !matches(script.match, target)) continue;
    if (best === undefined || rank(script.match) > rank(best.match)) best = script;
  }
  return best;
}

/** The script that disturbs the next bank list, if there is one. */
export function findBankListScript(scripts: Iterable<Script>): Script | undefined {
  for (const script of scripts) {
    if (script.be !== undefined && !(isForBankListOnly(script) && isUsedUp(script))) return script;
  }
  return undefined;
}

/** True for a script that says nothing about payments: its `times` then counts bank lists. */
export function isForBankListOnly(script: ScriptInput): boolean {
  const { code, delay_ms, direct, indirect, order, late_success_after_ms, ae } = script;
  const aboutPayments = [code, delay_ms, direct, indirect, order, late_success_after_ms, ae];
  return script.be !== undefined && aboutPayments.every((value) => value === undefined);
}

function isUsedUp(script: Script): boolean {
  return script.times !== undefined && script.used >= script.times;
}

function matches(match: ScriptMatch, target: ScriptTarget): boolean {
  const { seller_order_no: order, bank_id: bank } = match;
  if (order !== undefined && order !== target.sellerOrderNo && order !== target.orderNo) return false;
  return bank === undefined || bank === target.bankId;
}

function rank(match: ScriptMatch): number {
  return (match.seller_order_no === undefined ? 0 : 2) + (match.bank_id === undefined ? 0 : 1);
}
