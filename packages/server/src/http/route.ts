import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import type { Schema } from "@kineticpay/contract/json-schema";
import type { FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import type { NewRecord } from "../idempotency/call-record.ts";
import type { Scope } from "../merchants/api-keys.ts";
import type { Caller } from "../merchants/caller.ts";

/** What a route is given: the gateway, who calls (verified), and the parts of the request that its schema admitted. */
export interface Call<Params, Query, Body> {
  readonly gateway: Gateway;
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: FastifyRequest;
}

/** One endpoint of the v2 API: its address, who may call it, its one schema, and the errors it can answer with. */
export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly url: string;
  readonly summary: string;
  readonly scope: Scope | undefined;
  /** Answers a verified key even when its API is switched off or its address is on no list. */
  readonly answersDisabled?: boolean;
  /** Answers anybody, without a key. Written as a PublicRoute. */
  readonly public?: boolean;
  /** Does not exist in live mode. */
  readonly sandboxOnly?: boolean;
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  readonly answer: Schema;
  /** Beyond those that every authenticated route shares. */
  readonly errors: readonly ErrorCode[];
  /** What `validate_only` runs in place of `handle`, for a call that reaches beyond the database. Every such call has one. */
  readonly check?: (call: Call<Params, Query, Body>) => Promise<unknown>;
  readonly handle: (call: Call<Params, Query, Body>) => Promise<unknown>;
  /**
   * Does what `handle` does, for a call with an idempotency key, in one statement that keeps the answer too. False, with
   * nothing done, where that cannot be.
   */
  readonly atOnce?: (call: Call<Params, Query, Body>, keep: (answer: unknown) => NewRecord) => Promise<boolean>;
}

/** What a route without authentication is given: everything but a caller. */
export type PublicCall<Params> = Omit<Call<Params, unknown, unknown>, "caller">;

/** An endpoint that needs no key. */
export type PublicRoute<Params = unknown> = Omit<Route<Params>, "handle" | "check" | "atOnce" | "scope"> & {
  readonly public: true;
  readonly scope: undefined;
  readonly handle: (call: PublicCall<Params>) => Promise<unknown>;
};
