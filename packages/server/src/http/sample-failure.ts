import { type ErrorCode, errorStatus } from "@kineticpay/contract/errors/catalogue";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { readErrorPage } from "./docs/error-pages.ts";

const read = new Map<ErrorCode, Promise<ErrorBody>>();

/** The answer that the code's page shows; a page never changes while the gateway runs. */
function shownAnswer(code: ErrorCode): Promise<ErrorBody> {
  const known = read.get(code);
  if (known !== undefined) return known;
  const reading = readErrorPage(code).then(({ markdown }) => {
    return JSON.parse(/^```json\n([\s\S]*?)^```/m.exec(markdown)?.[1] ?? "{}") as ErrorBody;
  });
  read.set(code, reading);
  // A page that could not be read now may be there later.
  reading.catch(() => read.delete(code));
  return reading;
}

/** A failure with that code as it really looks: with the values of the answer that the code's page shows. */
export async function sampleFailure(code: ErrorCode): Promise<GatewayError> {
  const shown = await shownAnswer(code);
  return new GatewayError(code as "internal_error", {
    meta: (shown.meta ?? {}) as never,
    ...(errorStatus(code) === 403 ? { fields: shown.fields ?? [] } : {}),
    ...(shown.retry_after === undefined ? {} : { retryAfterS: shown.retry_after }),
  });
}
