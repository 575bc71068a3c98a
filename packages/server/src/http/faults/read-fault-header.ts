import { type ErrorCode, errorCodes } from "@kineticpay/contract/errors/catalogue";
import type { FieldFault } from "@kineticpay/contract/errors/field-fault";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { type Fault, longestDelayMs } from "../../faults/fault.ts";

export const faultHeader = "KineticPay-Fault";

const form = `an error code such as "bank_timeout", or none, then any of "delay=2000" (milliseconds, up to ${longestDelayMs}), "after=commit", "drop" and "half", divided by semicolons`;
const longest = 200;

function refusal(message: string): GatewayError {
  const field: FieldFault = { path: faultHeader, code: "field_invalid", message, expected: form };
  return new GatewayError("fields_invalid", { meta: { count: 1, paths: [faultHeader] }, fields: [field] });
}

function isErrorCode(text: string): text is ErrorCode {
  return (errorCodes as readonly string[]).includes(text);
}

interface Draft {
  code?: ErrorCode;
  delayMs: number;
  afterCommit: boolean;
  drop: boolean;
  half: boolean;
}

/** Takes one part of the header into account. What it holds is not repeated in a refusal: it could be anything. */
function readPart(part: string, isFirst: boolean, draft: Draft): void {
  if (part === "after=commit") draft.afterCommit = true;
  else if (part === "drop") draft.drop = true;
  else if (part === "half") draft.half = true;
  else if (/^delay=\d{1,5}$/.test(part)) draft.delayMs = Number(part.slice("delay=".length));
  else if (isFirst && isErrorCode(part)) draft.code = part;
  else if (isFirst && !part.includes("=")) throw refusal(`${faultHeader} names no error code that there is.`);
  else throw refusal(`${faultHeader} holds a parameter that does not exist, or one without a proper value.`);
  if (draft.delayMs > longestDelayMs)
    throw refusal(`${faultHeader} asks for more than ${longestDelayMs} milliseconds.`);
}

/**
 * Reads what a call's header asks to go wrong: `<code>[; delay=ms][; after=commit][; drop][; half]`.
 * @throws GatewayError fields_invalid, naming the header
 */
export function readFaultHeader(text: string): Fault {
  if (text.length > longest) throw refusal(`${faultHeader} is longer than ${longest} characters.`);
  const draft: Draft = { delayMs: 0, afterCommit: false, drop: false, half: false };
  const parts = text.split(";").map((part) => part.trim().toLowerCase());
  for (const [index, part] of parts.entries()) readPart(part, index === 0, draft);
  if (draft.drop && draft.half) throw refusal(`${faultHeader} asks for drop and half, and a call can have but one.`);
  if (draft.code === undefined && draft.delayMs === 0 && !draft.drop && !draft.half) {
    throw refusal(`${faultHeader} says neither what should go wrong nor how.`);
  }
  return { ...draft, code: draft.code };
}
