import type { KineticPayError } from "kineticpay";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

/** What helps against the failures that people meet most; any other is explained by its request. */
const cures: Readonly<Record<string, string>> = {
  connection_failed: "kineticpay dev, if it is the local sandbox; otherwise kineticpay doctor",
  connection_timeout: "kineticpay doctor",
  answer_not_json: "kineticpay doctor: something else than the gateway answers there",
  redirected: "kineticpay doctor: something in front of the gateway sends calls elsewhere",
  key_missing: "kineticpay profiles add --help",
  scope_missing: "use a key that has the scope, or: npm run operator -- keys create … --scopes …",
  overloaded: "the same command again in a moment",
  shutting_down: "the same command again in a moment",
  rate_exceeded: "the same command again in a moment",
};

function nextAfter(error: KineticPayError): string {
  const cure = cures[error.code];
  if (cure !== undefined) return cure;
  if (error.status === 401) return "kineticpay doctor";
  return error.requestId === undefined ? "kineticpay doctor" : `kineticpay explain ${error.requestId}`;
}

/** The client speaks to programmers; here its option has another name. */
function wordsOf({ message }: KineticPayError): string {
  return message.replaceAll("baseURL", "--base-url");
}

/** A failed call as the command tells it: the gateway's own words, and what to type next. */
export function gatewayError(error: KineticPayError): CliError {
  return new CliError(error.code, wordsOf(error), {
    details: error.fields.map(({ path, message, expected }) => `${path}  ${message} Expected: ${expected}.`),
    next: nextAfter(error),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    ...(error.docUrl === undefined ? {} : { docUrl: error.docUrl }),
    exitCode: error.status === 401 ? exitCodes.refused : exitCodes.error,
    cause: error,
  });
}
