import { type ErrorCode, errorEntry, errorStatus } from "@kineticpay/contract/errors/catalogue";
import { boolean, integer, literal, type Schema, string } from "@kineticpay/contract/json-schema";
import type { Gateway } from "../../../gateway.ts";
import { docsUrl } from "../../send-error.ts";

/** What the catalogue knows of a code, as it is answered. */
export const errorProperties: Readonly<Record<string, Schema>> = {
  object: literal("error_code"),
  code: string(),
  type: string(),
  status: integer(),
  summary: string(),
  retryable: boolean(),
  doc_url: string(),
};

export function errorView(gateway: Gateway, code: ErrorCode) {
  const { type, summary, retryable } = errorEntry(code);
  return {
    object: "error_code",
    code,
    type,
    status: errorStatus(code),
    summary,
    retryable,
    doc_url: `${docsUrl(gateway)}/${code}`,
  };
}
