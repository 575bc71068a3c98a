import type { KineticPay, Whoami } from "kineticpay";
import type { Access } from "../access/find-access.ts";
import type { Context } from "../context.ts";

/** What a check says: all well, look at it some day, mend it, or not looked at because of an earlier fault. */
export type Health = "ok" | "warning" | "fault" | "skipped";

export interface Finding {
  readonly check: string;
  readonly health: Health;
  /** What was seen, with the values. */
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string;
  /** The error's code and request, where the gateway gave one. */
  readonly code?: string;
  readonly requestId?: string;
}

/** What checks find out for those that come after them. */
export interface Patient {
  readonly context: Context;
  access?: Access;
  client?: KineticPay;
  /** True once a gateway has answered, ready or not. */
  isReached?: boolean;
  /** What the gateway's clock showed, and when it was asked, in milliseconds. */
  gatewayClock?: { readonly shownMs: number; readonly askedMs: number; readonly answeredMs: number };
  whoami?: Whoami;
  /** A shop's address to try signatures at. */
  readonly shopUrl: string | undefined;
}

/** Looks at one thing. Returns undefined when it cannot be looked at, because of what was found before. */
export interface Check {
  readonly name: string;
  readonly look: (patient: Patient) => Promise<Finding | undefined>;
}

export const ok = (check: string, detail: string): Finding => ({ check, health: "ok", detail });
export const warning = (check: string, detail: string, fix: string): Finding => ({
  check,
  health: "warning",
  detail,
  fix,
});
export const fault = (check: string, detail: string, fix: string, more: Partial<Finding> = {}): Finding => ({
  check,
  health: "fault",
  detail,
  fix,
  ...more,
});
