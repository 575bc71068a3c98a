import { type ErrorType, type Meta, statusOfType } from "@kineticpay/contract/errors/entry";
import type { FieldFault } from "@kineticpay/contract/errors/field-fault";
import type { KineticPayErrorType } from "./error-code.ts";
import {
  ApiError,
  ApiNotEnabledError,
  AuthenticationError,
  BankError,
  InvalidRequestError,
  IpNotAllowedError,
  NotFoundError,
  RateLimitError,
  TimeoutError,
  UnavailableError,
} from "./errors.ts";
import { type ErrorFacts, KineticPayError } from "./kineticpay-error.ts";

/** What is known of the call that failed, whatever was answered. */
export interface CallFacts
  extends Pick<
    ErrorFacts,
    "method" | "path" | "idempotencyKey" | "attempts" | "elapsedMs" | "requestId" | "retryAfterS" | "wasUnknown"
  > {
  /** True when the call can do something. */
  readonly isWrite: boolean;
  /** True when the client had no key to send. */
  readonly isKeyless?: boolean | undefined;
}

/** An answer that is not 2xx: its status, and its body if that was JSON. */
export interface FailedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

type ErrorClass = new (facts: ErrorFacts) => KineticPayError;

const classOfType: Readonly<Record<ErrorType, ErrorClass>> = {
  authentication_error: AuthenticationError,
  invalid_request_error: InvalidRequestError,
  not_found_error: NotFoundError,
  rate_limit_error: RateLimitError,
  api_error: ApiError,
  bank_error: BankError,
  unavailable_error: UnavailableError,
  timeout_error: TimeoutError,
};

const classOfCode: Readonly<Record<string, ErrorClass>> = {
  api_not_enabled: ApiNotEnabledError,
  ip_not_allowed: IpNotAllowedError,
};

/** Of a type that this version does not know, and of answers of proxies, the status decides. */
function typeOfStatus(status: number): ErrorType {
  const known = Object.entries(statusOfType).find(([, each]) => each === status);
  if (known !== undefined) return known[0] as ErrorType;
  return status >= 500 ? "api_error" : "invalid_request_error";
}

/** A proxy's 502 says nothing of banks: what it stands for could not be reached. */
function typeOfProxyStatus(status: number): ErrorType {
  return status === 502 ? "unavailable_error" : typeOfStatus(status);
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** Codes of 5xx after which a write may have been done all the same. */
const uncertain = new Set(["internal_error", "database_unavailable", "bank_timeout"]);

/** The gateway speaks of a header; whoever made a client looks for its setting. */
const keyless = "This client was made without a key: set KINETICPAY_API_KEY, or pass apiKey to it.";

/** The beginning of a page, without its markup, to recognise whose it is. */
function glimpse(text: string): string {
  const plain = text
    .slice(0, 4000)
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]*>/g, " ");
  return plain.replace(/\s+/g, " ").trim().slice(0, 80);
}

function fromProxy(answer: FailedAnswer, call: CallFacts): KineticPayError {
  const { status, contentType } = answer;
  const type = typeOfProxyStatus(status);
  const seen = glimpse(answer.text);
  const what = contentType === "" ? "something without a content type" : contentType;
  return new classOfType[type]({
    ...call,
    type,
    code: "answer_not_json",
    status,
    retryable: status === 429 || status >= 500,
    outcomeUnknown: status >= 500 && call.isWrite,
    meta: { content_type: contentType, body_start: seen },
    message: `Status ${status} came with ${what} instead of the gateway's JSON${seen === "" ? "" : `, beginning "${seen}"`}. Something in front of the gateway answered in its place, such as a proxy or a firewall: look into its log, and check baseURL.`,
  });
}

/** The error that an answer other than 2xx stands for. Never throws, whatever the answer holds. */
export function errorFromAnswer(answer: FailedAnswer, call: CallFacts): KineticPayError {
  const body = membersOf(answer.text);
  const message = textOf(body?.["message"]);
  const code = textOf(body?.["code"]);
  if (body === undefined || message === undefined || code === undefined) return fromProxy(answer, call);
  const { status } = answer;
  const type: KineticPayErrorType = textOf(body["type"]) ?? typeOfStatus(status);
  const made = classOfCode[code] ?? (type in classOfType ? classOfType[type as ErrorType] : undefined);
  const meta = (typeof body["meta"] === "object" && body["meta"] !== null ? body["meta"] : {}) as Meta;
  const isUncertain = meta["outcome"] === "unknown" || (call.isWrite && uncertain.has(code));
  const retryAfter = body["retry_after"];
  const ErrorClass = made ?? classOfType[typeOfStatus(status)] ?? KineticPayError;
  return new ErrorClass({
    ...call,
    type: made === undefined ? typeOfStatus(status) : type,
    code,
    status,
    message: call.isKeyless === true && code === "key_missing" ? `${message} ${keyless}` : message,
    requestId: textOf(body["request_id"]) ?? call.requestId,
    docUrl: textOf(body["doc_url"]),
    retryable: typeof body["retryable"] === "boolean" ? body["retryable"] : status === 429 || status >= 500,
    fields: Array.isArray(body["fields"]) ? (body["fields"] as readonly FieldFault[]) : [],
    retryAfterS: call.retryAfterS ?? (typeof retryAfter === "number" ? retryAfter : undefined),
    meta,
    outcomeUnknown: isUncertain,
  });
}
