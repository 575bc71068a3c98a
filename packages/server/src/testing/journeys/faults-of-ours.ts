import { listedErrors, wireErrors } from "../../http/openapi/listed-errors.ts";
import { nameOf } from "../../http/openapi/operations.ts";
import { wireRoutes } from "../../http/openapi/wire-operations.ts";
import { routes } from "../../http/routes/index.ts";
import { wireCall } from "./wire-refusals.ts";
import type { World } from "./world.ts";

/** Whatever else an operation lists, which nobody can cause from outside, is asked for as a rehearsal. Comes last. */
export async function rehearseTheRest({ traveller, merchantKey }: World): Promise<void> {
  const v2 = routes.filter((route) => route.public !== true);
  const calls = [
    ...v2.map((route) => ({ operation: nameOf(route), sent: {}, codes: listedErrors(route) })),
    ...wireRoutes.map((route) => {
      const operation = nameOf(route);
      return { operation, sent: wireCall(operation, merchantKey), codes: wireErrors(route.errors) };
    }),
  ];
  for (const { operation, sent, codes } of calls) {
    const missing = codes.filter((code) => traveller.seen.get(operation)?.outcomes.has(code) !== true);
    for (const code of missing)
      await traveller.fails(code, operation, { ...sent, headers: { "kineticpay-fault": code } });
  }
}
