import { ApiPromise } from "../api-promise.ts";
import type { CallOptions, WriteOptions } from "../client-options.ts";
import { ListPromise } from "../page.ts";
import type { Call, Query } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { sendCall } from "../request/send-call.ts";

/** What a call takes whose query is an interface; interfaces have no index signature of their own. */
type QueryOf = object | undefined;

/** Reads one thing. */
export function read<T>(connection: Connection, path: string, query?: QueryOf, options?: CallOptions): ApiPromise<T> {
  const answer = sendCall(connection, { method: "GET", path, query: query as Query | undefined, options });
  return new ApiPromise(answer, ({ data }) => data as T);
}

/** Reads a list, whose further pages begin after the last item of the one before. */
export function list<T, More = unknown>(
  connection: Connection,
  path: string,
  query?: QueryOf,
  options?: CallOptions,
): ListPromise<T, More> {
  const page = (more: Query) =>
    sendCall(connection, { method: "GET", path, query: { ...(query as Query | undefined), ...more }, options });
  return new ListPromise(page({}), (startingAfter) => page({ starting_after: startingAfter }));
}

/** Changes something, or with `validateOnly` asks whether it could be. */
export function write<T>(
  connection: Connection,
  method: "POST" | "PATCH" | "PUT",
  path: string,
  body: unknown,
  options: WriteOptions | undefined,
  lookUp?: Call["lookUp"],
): ApiPromise<T> {
  const sought = options?.validateOnly === true ? undefined : lookUp;
  const answer = sendCall(connection, { method, path, body, options, lookUp: sought });
  return new ApiPromise(answer, ({ data }) => data as T);
}
