import type { Answer } from "./request/call.ts";

/** A result, with the id of the call that it came from. It is not enumerable, so it is in no copy and no JSON. */
export type Result<T> = T & { readonly _request_id?: string };

/** A result together with how it came. */
export interface WithResponse<T> {
  readonly data: Result<T>;
  /** The answer's status and headers; its body has been read. */
  readonly response: Response;
  readonly requestId: string | undefined;
  /** The key under which the call was sent; undefined for calls that change nothing. */
  readonly idempotencyKey: string | undefined;
  /** How often it was sent. */
  readonly attempts: number;
  /** Milliseconds, with all attempts and pauses. */
  readonly elapsedMs: number;
  /** True when it is the answer that an earlier call with the same key was given. */
  readonly isReplayed: boolean;
  /** True when the call ended with a 504, and its payment was then found by its invoice. */
  readonly isRecovered: boolean;
}

/** Puts the request's id onto a result. */
export function withRequestId<T>(data: T, requestId: string | undefined): Result<T> {
  if (typeof data === "object" && data !== null && requestId !== undefined && Object.isExtensible(data)) {
    Object.defineProperty(data, "_request_id", { value: requestId, enumerable: false });
  }
  return data as Result<T>;
}

/** A call on its way. Await it for its result, or {@link ApiPromise.withResponse} for what came with it. */
export class ApiPromise<T> implements Promise<Result<T>> {
  readonly [Symbol.toStringTag]: string = "ApiPromise";
  readonly #answer: Promise<Answer>;
  readonly #shape: (answer: Answer) => T;
  #result: Promise<Result<T>> | undefined = undefined;

  constructor(answer: Promise<Answer>, shape: (answer: Answer) => T) {
    this.#answer = answer;
    this.#shape = shape;
  }

  #read(): Promise<Result<T>> {
    this.#result ??= this.#answer.then((answer) => withRequestId(this.#shape(answer), answer.requestId));
    return this.#result;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise, and awaited as one.
  then<A = Result<T>, B = never>(
    resolved?: ((value: Result<T>) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#read().then(resolved, rejected);
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Result<T> | B> {
    return this.#read().catch(rejected);
  }

  finally(settled?: (() => void) | null): Promise<Result<T>> {
    return this.#read().finally(settled);
  }

  /** The result with its request id, its attempts and the bare answer. @throws what the call throws */
  async withResponse(): Promise<WithResponse<T>> {
    const [data, answer] = await Promise.all([this.#read(), this.#answer]);
    const { response, requestId, idempotencyKey, attempts, elapsedMs, isReplayed, isRecovered } = answer;
    return { data, response, requestId, idempotencyKey, attempts, elapsedMs, isReplayed, isRecovered };
  }
}
