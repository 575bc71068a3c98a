import { literal, object, string } from "@kineticpay/contract/json-schema";
import type { Route } from "../../route.ts";

/** The cheapest proof that the key, the API switch and the address are right. */
export const ping: Route = {
  method: "GET",
  url: "/api/v2/ping",
  summary: "Check that calls work",
  scope: undefined,
  answer: object({ message: literal("pong"), mode: string(), time: string() }),
  errors: [],
  handle: async ({ gateway }) => ({
    message: "pong",
    mode: gateway.config.mode,
    time: gateway.clock.now().toISOString(),
  }),
};
