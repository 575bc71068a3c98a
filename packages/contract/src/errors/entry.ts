/** The eight kinds of failure. A caller branches on these; the code below says which one of the kind it was. */
export const statusOfType = {
  authentication_error: 401,
  invalid_request_error: 403,
  not_found_error: 404,
  rate_limit_error: 429,
  api_error: 500,
  bank_error: 502,
  unavailable_error: 503,
  timeout_error: 504,
} as const;

export type ErrorType = keyof typeof statusOfType;
export type ErrorStatus = (typeof statusOfType)[ErrorType];
export type MetaValue = string | number | boolean | null | readonly string[];
export type Meta = Readonly<Record<string, MetaValue>>;

/** What the catalogue knows of one error code. `message` may mention only what `meta` also holds. */
export interface ErrorEntry<M extends Meta = Meta> {
  readonly type: ErrorType;
  /** One line for lists of errors. */
  readonly summary: string;
  /** May the same call be sent again, unchanged, with a chance of success? */
  readonly retryable: boolean;
  /** Seconds after which a repeat makes sense, for 429 and 503, unless the thrower knows better. */
  readonly retryAfterS?: number;
  readonly message: (meta: M) => string;
}

/** Keeps the type of `meta` with the entry, so that a thrower must supply what the message mentions. */
export function entry<M extends Meta = Record<never, never>>(value: ErrorEntry<M>): ErrorEntry<M> {
  return value;
}
