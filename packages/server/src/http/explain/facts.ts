import type { MetaValue } from "@kineticpay/contract/errors/entry";
import type { KeptFailure } from "../../request-log/redact-failure.ts";
import type { StoredCall } from "../../request-log/store.ts";
import type { Route } from "../route.ts";
import type { CorrectedCall } from "./corrected-call.ts";
import type { Standing } from "./standing.ts";

/** Everything that an explanation is made from: the call as it is in the log, and how things stand now. */
export interface Facts {
  readonly call: StoredCall;
  readonly failure: KeptFailure | undefined;
  /** The route that the call reached, if it reached one of the v2 API. */
  readonly route: Route | undefined;
  readonly routes: readonly Route[];
  readonly standing: Standing;
}

/** Why a call failed, and what to do. */
export interface Advice {
  readonly why: string;
  /** In the order in which to do them. */
  readonly fix: readonly string[];
  /** In the order in which to send them; empty where no call would help. */
  readonly corrected: readonly CorrectedCall[];
  readonly notes: readonly string[];
}

/** A value of the answer's `meta`, as text. */
export function metaText(facts: Facts, name: string): string {
  const value: MetaValue | undefined = facts.failure?.meta[name];
  return value === undefined || value === null ? "" : String(value);
}

export function metaNumber(facts: Facts, name: string): number {
  return Number(facts.failure?.meta[name] ?? Number.NaN);
}

export function metaList(facts: Facts, name: string): readonly string[] {
  const value = facts.failure?.meta[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
