import { type FpxFields, FpxFormatError, parseForm } from "@kineticpay/fpx/messages";

/** Decodes a message's raw form text; undefined when it is not well-formed. */
export function parseMessage(raw: string): FpxFields | undefined {
  try {
    return parseForm(raw);
  } catch (error) {
    if (error instanceof FpxFormatError) return undefined;
    throw error;
  }
}
