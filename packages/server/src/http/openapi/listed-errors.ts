import { type ErrorCode, errorCodes, errorEntry } from "@kineticpay/contract/errors/catalogue";
import { takesKey } from "../idempotency-key.ts";
import type { Route } from "../route.ts";

/** What may become of any call, whatever its route, before the route is reached or when the gateway is in trouble. */
const ofAnyCall: readonly ErrorCode[] = [
  "http_malformed",
  "headers_too_large",
  "request_timeout",
  "internal_error",
  "overloaded",
  "database_unavailable",
  "shutting_down",
];

const ofAnyBody: readonly ErrorCode[] = ["json_malformed", "body_too_large", "media_type_unsupported"];

const codesOfType = (type: string) => errorCodes.filter((code) => errorEntry(code).type === type);

/** What a route can answer because of who calls it, by which key, from where. */
export function accessErrors(route: Route): readonly ErrorCode[] {
  if (route.public === true) return [];
  const passes: readonly ErrorCode[] = [
    ...(route.answersDisabled === true ? (["api_not_enabled", "ip_not_allowed"] as const) : []),
    ...(route.scope === undefined ? (["scope_missing"] as const) : []),
  ];
  return codesOfType("authentication_error").filter((code) => !passes.includes(code));
}

/** What a route can answer because of what it is asked. */
export function ownErrors(route: Route): readonly ErrorCode[] {
  const takesBody = route.method !== "GET";
  // Everything that is changed can be asked for with `validate_only`, which can be misspelt.
  const shared = takesBody ? ([...ofAnyBody, "fields_invalid"] as const) : [];
  const keyed = takesKey(route) ? (["idempotency_key_reused"] as const) : [];
  return [...new Set<ErrorCode>([...shared, ...keyed, ...route.errors])];
}

/** What a caller is told to wait for; for a repeat, only where calls can be repeated under a key. */
const limitErrors = (isRepeatable: boolean) =>
  codesOfType("rate_limit_error").filter((code) => isRepeatable || code !== "idempotency_in_progress");

/** What cannot become of a call that needs neither a key nor the database. */
const ofNoPublicCall: readonly ErrorCode[] = ["database_unavailable", "shutting_down"];

/** Every code that a route can answer with, in the catalogue's order. */
export function listedErrors(route: Route): readonly ErrorCode[] {
  const isPublic = route.public === true;
  const limits = isPublic ? [] : limitErrors(takesKey(route));
  const anyCall = ofAnyCall.filter((code) => !isPublic || !ofNoPublicCall.includes(code));
  const listed = new Set<ErrorCode>([...accessErrors(route), ...ownErrors(route), ...limits, ...anyCall]);
  return errorCodes.filter((code) => listed.has(code));
}

/** The same for the wire protocol, whose key is opaque and whose bodies are read in any form. */
export function wireErrors(own: readonly ErrorCode[]): readonly ErrorCode[] {
  const access = codesOfType("authentication_error").filter((code) => !/^key_(malformed|wrong_mode)$/.test(code));
  const listed = new Set<ErrorCode>([...access, ...limitErrors(false), ...ofAnyCall, ...ofAnyBody, ...own]);
  return errorCodes.filter((code) => listed.has(code));
}
