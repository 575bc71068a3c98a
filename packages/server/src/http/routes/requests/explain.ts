import { type ErrorCode, errorEntry } from "@kineticpay/contract/errors/catalogue";
import type { Gateway } from "../../../gateway.ts";
import { publicUrl } from "../../../payments/payment-view.ts";
import { readCallToExplain } from "../../../request-log/read-calls.ts";
import type { KeptFailure } from "../../../request-log/redact-failure.ts";
import type { StoredCall } from "../../../request-log/store.ts";
import { actorOf } from "../../actor.ts";
import { type CorrectedCall, curlOf } from "../../explain/corrected-call.ts";
import { adviseOn } from "../../explain/explain-call.ts";
import type { Advice } from "../../explain/facts.ts";
import { readStanding, type Standing } from "../../explain/standing.ts";
import { reachOf } from "../../reach.ts";
import type { Route } from "../../route.ts";
import { docsUrl } from "../../send-error.ts";
import { afterPending } from "./after-pending.ts";
import { explanationSchema, requestParams, requestView } from "./request-schema.ts";

const wentWell: Advice = {
  why: "The call succeeded; there is nothing to correct.",
  fix: [],
  corrected: [],
  notes: [],
};

/** What the variables of the lines stand for. */
function keyNotes(corrected: readonly CorrectedCall[]): string[] {
  const has = (protocol: string) => corrected.some((call) => call.protocol === protocol);
  const where = "the sandbox's is in sandbox.json, in the gateway's data folder, as";
  return [
    ...(has("v2") ? [`Set API_KEY to your API key before you send the line; ${where} api_key.`] : []),
    ...(has("wire") ? [`Set MERCHANT_KEY to your merchant key before you send the line; ${where} merchant_key.`] : []),
  ];
}

function view(
  gateway: Gateway,
  call: StoredCall,
  failure: KeptFailure | undefined,
  advice: Advice,
  standing: Standing,
) {
  const origin = publicUrl(gateway);
  return {
    object: "explanation",
    request: requestView(call),
    outcome: failure === undefined ? "succeeded" : "failed",
    what: failure?.message ?? `${call.method} ${call.path} was answered ${call.status}.`,
    why: advice.why,
    fix: advice.fix,
    faults: failure?.fields ?? [],
    checks: standing.checks,
    corrected: advice.corrected.map(({ method, path, body, protocol }) => ({ method, path, body, protocol })),
    curl: advice.corrected.length === 0 ? null : advice.corrected.map((each) => curlOf(origin, each)).join("\n"),
    notes: [...advice.notes, ...keyNotes(advice.corrected)],
    retryable: failure === undefined ? false : errorEntry(failure.code as ErrorCode).retryable,
    doc_url: failure === undefined ? null : `${docsUrl(gateway)}/${failure.code}`,
  };
}

/**
 * Says what was wrong with a call, why, and what to send instead. A call with an unknown key, or none, is explained to
 * whoever knows its id: only its caller was told.
 */
export const explainRequest: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/requests/:id/explain",
  summary: "Explain a logged call",
  scope: "payments:read",
  params: requestParams,
  answer: explanationSchema,
  errors: ["resource_missing"],
  handle: async (call) => {
    const { gateway, caller, params, request } = call;
    const logged = await afterPending(request, params.id, gateway, () =>
      readCallToExplain(gateway, reachOf(caller), params.id),
    );
    const failure = logged.code === "" ? undefined : (logged.answer_body as KeptFailure);
    const standing = await readStanding(gateway, actorOf(call), logged, failure);
    const routes = request.server.apiRoutes;
    const route = routes.find((each) => each.url === logged.route && each.method === logged.method);
    const advice = failure === undefined ? wentWell : adviseOn({ call: logged, failure, route, routes, standing });
    return view(gateway, logged, failure, advice, standing);
  },
};
