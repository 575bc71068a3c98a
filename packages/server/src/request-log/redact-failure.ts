import { errorEntry } from "@kineticpay/contract/errors/catalogue";
import type { Meta, MetaValue } from "@kineticpay/contract/errors/entry";
import type { FieldFault } from "@kineticpay/contract/errors/field-fault";
import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { paymentModels } from "@kineticpay/contract/payment";
import { keepAddress, keepPath, keepScalar, keepSegment, notKept, withoutSecrets } from "./keep-value.ts";
import { keepingFor } from "./known-members.ts";

const mostFaults = 30;
const longestText = 300;

/** Texts that the gateway itself wrote; they can still quote a value, so secrets are taken out. */
const ownWords = new Set(["at", "detail", "expected", "reason", "policy", "list", "action", "spent_by"]);

/** What shops send bodies as. Of another type only that it is another is kept, since a header can hold anything. */
const mediaTypes: ReadonlySet<string> = new Set([
  ...["", "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "text/html"],
  ...["text/json", "application/xml", "text/xml", "application/octet-stream"],
]);
const mediaType = (header: string) => (header.split(";")[0] ?? "").trim().toLowerCase();

/**
 * The gateway's own values that the general rule would take for a text of somebody's, by the member they stand in. Nothing
 * else is let through for standing there.
 */
const ownValues: Readonly<Record<string, ReadonlySet<string>>> = {
  accepted: new Set(["application/json", "application/x-www-form-urlencoded"]),
  model: new Set([...paymentModels, paymentModels.join("/")]),
};

/** Names of members that hold an address of the gateway as its routes are written, here and there with the method before it. */
function isAddress(name: string, meta: Meta): boolean {
  return name === "route" || (name === "nearest" && meta["resource"] === undefined);
}

function keepString(name: string, value: string, meta: Meta, secrets: readonly string[]): string {
  if (ownValues[name]?.has(value) === true) return value;
  if (ownWords.has(name)) return withoutSecrets(value.slice(0, longestText), secrets);
  // The form in which keys are shown, prefix and last four.
  if (name === "key") return /^(kp_(test|live)_)?….{0,4}$/.test(value) ? value : notKept;
  if (name === "received") return mediaTypes.has(mediaType(value)) ? mediaType(value) : "another type";
  if (name === "path") return keepPath(value);
  if (name === "id" && meta["resource"] !== "invoice") return keepSegment(value);
  if (isAddress(name, meta)) return keepAddress(value);
  if (name === "nearest") return String(keepScalar(value, "invoice", secrets));
  if (name === "invoice" || name === "id") return String(keepScalar(value, "invoice", secrets));
  if (name.endsWith("_at")) return String(keepScalar(value, "time", secrets));
  if (name === "address") return String(keepScalar(value, "range", secrets));
  return String(keepScalar(value, "own", secrets));
}

function keepMeta(meta: Meta, secrets: readonly string[]): Meta {
  const kept: Record<string, MetaValue> = {};
  for (const [name, value] of Object.entries(meta)) {
    if (Array.isArray(value)) {
      const path = name === "paths";
      kept[name] = value
        .slice(0, mostFaults)
        .map((item: string) => (path ? keepPointer(item) : keepString(name, item, meta, secrets)));
    } else kept[name] = typeof value === "string" ? keepString(name, value, meta, secrets) : (value as MetaValue);
  }
  return kept;
}

/** Where a fault is: members that the log knows, and places in lists. */
export function keepPointer(path: string): string {
  return path
    .split("/")
    .slice(0, 8)
    .map((step) => (step === "" || /^\d{1,4}$/.test(step) || keepingFor(step, "asked") !== undefined ? step : notKept))
    .join("/");
}

/** What a fault says, without the values that it may quote. */
function keepMessage(message: string, secrets: readonly string[]): string {
  return withoutSecrets(message.slice(0, longestText), secrets)
    .replace(/"([^"]*)"/g, (quoted, inside: string) => (/^[\d.,+\-eE RM]{0,10}$/.test(inside) ? quoted : '"…"'))
    .replace(/\d{11,}/g, "…");
}

function keepFault(fault: FieldFault, secrets: readonly string[]): FieldFault {
  const path = keepPointer(fault.path);
  const message = path === fault.path ? keepMessage(fault.message, secrets) : "";
  return { path, code: fault.code, message, expected: fault.expected.slice(0, 400) };
}

/** What the log keeps of a failure. Its message is made anew from the values that are kept, so it can hold no others. */
export interface KeptFailure {
  readonly type: string;
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly meta: Meta;
  readonly fields: readonly FieldFault[];
  readonly retry_after: number | null;
  readonly rehearsed?: boolean;
}

function messageOf(error: GatewayError, meta: Meta): string {
  const entry = errorEntry(error.code);
  try {
    return entry.message(meta);
  } catch {
    return entry.summary;
  }
}

export function redactFailure(error: GatewayError, secrets: readonly string[]): KeptFailure {
  const meta = keepMeta(error.meta, secrets);
  return {
    type: error.type,
    code: error.code,
    status: error.status,
    message: messageOf(error, meta),
    meta,
    fields: error.fields.slice(0, mostFaults).map((fault) => keepFault(fault, secrets)),
    retry_after: error.retryAfterS ?? null,
  };
}
