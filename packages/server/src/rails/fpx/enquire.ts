import { sign } from "@kineticpay/fpx/checksum";
import {
  authorisationFields,
  encodeForm,
  enquiryRequest,
  type FpxFields,
  FpxFormatError,
  parseReply,
} from "@kineticpay/fpx/messages";
import type { CallName } from "../../seams/crash-points.ts";
import { OutboundError, type OutboundResponse } from "../../seams/outbound.ts";
import { EnquiryFailed, type RailMessage } from "../rail.ts";
import type { FpxParts } from "./fpx-parts.ts";
import { trustConfirmation } from "./read-confirmation.ts";

const maximumAnswerBytes = 16 * 1024;

/**
 * Posts a signed form to FPX and reads the reply's fields.
 * @throws EnquiryFailed when there is no answer, or one that is no message (a bare ERROR, a page of HTML, too much)
 */
export async function exchange(
  parts: FpxParts,
  name: CallName,
  path: string,
  fields: FpxFields,
  timeoutMs: number,
): Promise<{ fields: FpxFields; body: string }> {
  let answer: OutboundResponse;
  try {
    answer = await parts.outbound.post({
      name,
      url: `${parts.identity.origin}${path}`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: encodeForm(fields),
      timeoutMs,
      maximumBytes: maximumAnswerBytes,
    });
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw new EnquiryFailed(error.kind === "timeout" ? "timeout" : "unreachable", error.message, error);
  }
  if (answer.status !== 200 || answer.truncated) {
    const what = `FPX answered status ${answer.status}${answer.truncated ? ", at too great a length" : ""}`;
    // A 5xx is what stands in front of FPX saying that FPX is not there.
    throw new EnquiryFailed("bad_response", what, undefined, answer.status >= 500);
  }
  try {
    const reply = parseReply(answer.body);
    if (reply === "ERROR") throw new EnquiryFailed("bad_response", "FPX answered ERROR");
    return { fields: reply, body: answer.body };
  } catch (error) {
    if (error instanceof FpxFormatError) throw new EnquiryFailed("bad_response", error.message, error);
    throw error;
  }
}

/** The question about an order; undefined where what was sent is not kept whole any more, since its buyer's data was erased. */
function questionAbout(sent: Readonly<Record<string, string>>): FpxFields | undefined {
  try {
    return enquiryRequest(sent);
  } catch (error) {
    if (error instanceof FpxFormatError) return undefined;
    throw error;
  }
}

/** True while a question about an order can be asked. */
export function canEnquire(sent: Readonly<Record<string, string>>): boolean {
  return questionAbout(sent) !== undefined;
}

/** Asks what became of an order (AE), with the values that were sent at first (`fpx.md` §2.5). */
export async function enquire(
  parts: FpxParts,
  sent: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<RailMessage> {
  const { identity } = parts;
  const question = questionAbout(sent);
  if (question === undefined)
    throw new EnquiryFailed("bad_response", "the buyer's data was erased, and FPX wants it repeated");
  const request = sign(question, authorisationFields, identity.privateKey, identity.digest);
  const { fields, body } = await exchange(parts, "fpx.enquire", "/FPXMain/sellerNVPTxnStatus.jsp", request, timeoutMs);
  return trustConfirmation(parts, fields, body, parts.clock.now());
}
