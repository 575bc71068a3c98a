import Type from "typebox";
import type { Route } from "../../route.ts";

/** The cheapest proof that the key, the API switch and the address are right. */
export const ping: Route = {
  method: "GET",
  url: "/api/v2/ping",
  summary: "Check that calls work",
  scope: undefined,
  answer: Type.Object({ message: Type.Literal("pong"), mode: Type.String(), time: Type.String() }),
  errors: [],
  handle: async ({ gateway }) => ({
    message: "pong",
    mode: gateway.config.mode,
    time: gateway.clock.now().toISOString(),
  }),
};
