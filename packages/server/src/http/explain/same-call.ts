import type { Schema } from "@kineticpay/contract/json-schema";
import { isOptionalBody } from "../optional-body.ts";
import type { CorrectedCall } from "./corrected-call.ts";
import type { Facts } from "./facts.ts";
import { repairMembers } from "./repair-members.ts";
import { repairCreate, repairStatus } from "./repair-wire.ts";

export interface Repair {
  readonly call: CorrectedCall;
  readonly notes: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;

export const listPayments: CorrectedCall = {
  method: "GET",
  path: "/api/v2/payments?limit=5",
  body: null,
  protocol: "v2",
};
export const ping: CorrectedCall = { method: "GET", path: "/api/v2/ping", body: null, protocol: "v2" };

export function get(path: string): CorrectedCall {
  return { method: "GET", path, body: null, protocol: "v2" };
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** Whether the answer complained about a place; parameters of the query are named without a slash. */
function faultsOf(facts: Facts): (path: string) => boolean {
  const paths = new Set((facts.failure?.fields ?? []).map((fault) => fault.path.replace(/^\/?/, "/")));
  return (path) => paths.has(path) || [...paths].some((fault) => fault.startsWith(`${path}/`));
}

function wireCall(facts: Facts): Repair {
  const { call } = facts;
  const sent = { ...membersOf(call.query), ...membersOf(call.request_body) };
  const isCreate = call.path.endsWith("/create");
  const { members, notes, toChoose } = isCreate ? repairCreate(sent, faultsOf(facts)) : repairStatus(sent);
  const method = isCreate ? "POST" : "GET";
  const path = isCreate ? "/payment/create" : "/payment/status";
  return { call: { method, path, body: members, protocol: "wire", toChoose }, notes };
}

function queryOf(facts: Facts, schema: Schema | undefined): { text: string; notes: readonly string[] } {
  if (schema === undefined) return { text: "", notes: [] };
  const { validate_only: _, ...sent } = membersOf(facts.call.query);
  const { members, notes } = repairMembers(sent, schema, "", faultsOf(facts));
  const text = new URLSearchParams(Object.entries(members).map(([name, value]) => [name, String(value)])).toString();
  return { text: text === "" ? "" : `?${text}`, notes };
}

interface Body {
  readonly body: Members | null;
  readonly notes: readonly string[];
  readonly toChoose: readonly string[];
}

const nothingRead =
  "Nothing of a body could be read, so the one in the line is an example: put your own values in, the amount above all.";

function bodyOf(facts: Facts, schema: Schema | undefined): Body {
  const none = { body: null, notes: [], toChoose: [] };
  if (schema === undefined) return none;
  const sent = membersOf(facts.call.request_body);
  if (isOptionalBody(schema) && Object.keys(sent).length === 0) return none;
  const { members, notes, toChoose } = repairMembers(sent, schema, "", faultsOf(facts));
  const isExample = Object.keys(sent).length === 0 && Object.keys(members).length > 0;
  return { body: members, notes: isExample ? [nothingRead] : notes, toChoose };
}

/** The logged call once more, with every fault repaired that the answer named. */
export function sameCall(facts: Facts): Repair {
  const { call, route } = facts;
  if (call.protocol === "wire") return wireCall(facts);
  if (route === undefined) return { call: ping, notes: [] };
  if (call.path.includes("(")) {
    // An id that the log did not keep: the list shows the ids that there are.
    return {
      call: get(`${route.url.split("/:")[0]}?limit=5`),
      notes: ["The list shows the ids that can be asked for."],
    };
  }
  const query = queryOf(facts, route.query);
  const { body, notes, toChoose } = bodyOf(facts, route.body);
  return {
    call: { method: route.method, path: `${call.path}${query.text}`, body, protocol: "v2", toChoose },
    notes: [...query.notes, ...notes],
  };
}

/** The same call without a member that only its caller can name. */
export function leftToCaller(repair: Repair, name: string): Repair {
  const { [name]: _, ...body } = repair.call.body ?? {};
  return { ...repair, call: { ...repair.call, body, toChoose: [name] } };
}
