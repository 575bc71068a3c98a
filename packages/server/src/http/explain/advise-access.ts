import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import { type Advice, type Facts, metaText } from "./facts.ts";
import { get, ping, sameCall } from "./same-call.ts";

type Adviser = (facts: Facts) => Advice;

/** What fails for the key alone can be sent again as it was. */
function again(facts: Facts, why: string, fix: readonly string[]): Advice {
  const { call, notes } = sameCall(facts);
  return { why, fix, corrected: [call], notes };
}

function keyName(facts: Facts): string {
  return facts.call.protocol === "wire" ? "merchant key" : "API key";
}

const putKey: (facts: Facts) => string = (facts) =>
  facts.call.protocol === "wire"
    ? "Put the merchant key into the field merchant_key, whole and without spaces around it."
    : 'Send the header "Authorization: Bearer" with the whole key, from a setting that is read when your program runs.';

const fromWhere = "Ask whoever manages your keys for one; in the sandbox they stand in the file sandbox.json.";

const apiNotEnabled: Adviser = (facts) => {
  const isOn = facts.standing.collection?.apiEnabled === true;
  const id = facts.standing.collection?.id ?? metaText(facts, "collection");
  const turnOn = {
    method: "PATCH",
    path: `/api/v2/collections/${id}`,
    body: { api_enabled: true },
    protocol: "v2",
  } as const;
  const { call, notes } = sameCall(facts);
  return isOn
    ? {
        why: `The API was switched off for ${id}. It has been switched on since.`,
        fix: ["Send the call again."],
        corrected: [call],
        notes,
      }
    : {
        why: `The API is switched off for ${id}, so none of its keys is served.`,
        fix: [
          'Switch it on with a key that has the scope "manage" and belongs to another collection, or ask whoever runs this gateway.',
          "Then send the call again.",
        ],
        corrected: [turnOn, call],
        notes: [...notes, 'The first line needs a key with the scope "manage".'],
      };
};

const ipNotAllowed: Adviser = (facts) => {
  const address = metaText(facts, "address") || facts.call.address;
  const list = metaText(facts, "list");
  const id = metaText(facts, "object");
  const { call, notes } = sameCall(facts);
  if (facts.standing.addressAllowed && facts.standing.key !== undefined) {
    return {
      why: `${address} was on no list then; it is allowed now.`,
      fix: ["Send the call again."],
      corrected: [call],
      notes,
    };
  }
  const kept = (list === "key" ? facts.standing.key : facts.standing.collection)?.ipAllowList ?? [];
  const nouns = list === "key" ? "api_keys" : "collections";
  const add = {
    method: "PUT",
    path: `/api/v2/${nouns}/${id}/ip_allow_list`,
    body: { ip_allow_list: [...kept, address] },
    protocol: "v2",
  } as const;
  return {
    why: `The call came from ${address}, and the allow-list of the ${list} holds only ${kept.join(", ") || "other addresses"}.`,
    fix: [
      `If ${address} is your server, put it on the list, with a key that has the scope "manage".`,
      "If it is not, the call left by another way than you think: a proxy, a VPN or a second server.",
      "Then send the call again.",
    ],
    corrected: [add, call],
    notes: [...notes, 'The first line needs a key with the scope "manage", and replaces the whole list.'],
  };
};

const scopeMissing: Adviser = (facts) => {
  const needed = metaText(facts, "needed");
  const has = facts.standing.key?.scopes.some((scope) => scope === needed) === true;
  return again(
    facts,
    has
      ? `The key did not have the scope "${needed}" then; it has it now.`
      : `The key is good, but its scopes do not include "${needed}", which ${facts.call.method} ${facts.call.route} needs.`,
    has
      ? ["Send the call again."]
      : [`Use a key that has the scope "${needed}", or create one with POST /api/v2/api_keys.`],
  );
};

const ended =
  (how: string): Adviser =>
  (facts) => {
    const at = metaText(facts, "revoked_at") || metaText(facts, "expired_at");
    return again(facts, `The ${keyName(facts)} ${metaText(facts, "key")} ${how} ${at}. An ended key stays ended.`, [
      "Put a current key of the same collection into your settings, on every server that uses the old one.",
      "Restart what read its settings at its start.",
      "Send the call again.",
    ]);
  };

/** How the key stands now; the call that asks is counted too, if it is made with that key. */
function nowIs({ standing: { limits } }: Facts): string {
  if (limits === undefined) return "";
  const { remaining, inFlight } = limits;
  return ` Now it may make ${remaining}, and has ${inFlight} under way.`;
}

/** What to say about each refusal of a key. */
export const accessAdvice: Partial<Record<ErrorCode, Adviser>> = {
  key_missing: (facts) =>
    again(facts, `No ${keyName(facts)} came with the call.`, [
      putKey(facts),
      "If your program sends it, see whether a redirect or a proxy takes the header off: that happens between http and https.",
      fromWhere,
    ]),
  key_malformed: (facts) =>
    again(facts, `What was sent, ${metaText(facts, "key")}, is no whole key: its check characters do not fit.`, [
      "Copy the whole key again: one character is missing, added or changed.",
      "See that no quotes, spaces or line breaks came along, and that the setting is not another service's key.",
    ]),
  key_invalid: (facts) =>
    again(facts, `No key of this gateway is ${metaText(facts, "key")}.`, [
      "Check that the call goes to the gateway that issued the key: each has its own.",
      "Check that it is the right kind: merchant keys are for /payment/…, API keys for /api/v2/….",
      fromWhere,
    ]),
  key_wrong_mode: (facts) =>
    again(
      facts,
      `The key is for ${metaText(facts, "key_mode")} mode, and this gateway runs in ${metaText(facts, "gateway_mode")} mode.`,
      [`Use a ${metaText(facts, "gateway_mode")} key here, or call your ${metaText(facts, "key_mode")} gateway.`],
    ),
  key_revoked: ended("was revoked at"),
  key_expired: ended("expired at"),
  api_not_enabled: apiNotEnabled,
  ip_not_allowed: ipNotAllowed,
  scope_missing: scopeMissing,
  key_not_active: (facts) => ({
    why: `Key ${metaText(facts, "id")} is ${metaText(facts, "state")} since ${metaText(facts, "at")}, and an ended key stays ended.`,
    fix: ["Create a new key instead of changing this one."],
    corrected: [{ method: "POST", path: "/api/v2/api_keys", body: { name: "Replacement" }, protocol: "v2" }],
    notes: ['This needs a key with the scope "manage". The new key is in the answer, and never shown again.'],
  }),
  rate_exceeded: (facts) =>
    metaText(facts, "policy") === "address"
      ? {
          why: `Too many calls without a valid key came from ${metaText(facts, "spent_by")}.`,
          fix: [
            "Correct the key first: calls with a valid one are not counted here.",
            "Then go on; nothing else is needed.",
          ],
          corrected: [ping],
          notes: [],
        }
      : again(
          facts,
          `The key made more than ${metaText(facts, "limit")} calls within ${metaText(facts, "window_s")} seconds.${nowIs(facts)}`,
          [
            "Wait for the seconds in Retry-After, then send the call again: nothing was done with it.",
            `Send no more than ${metaText(facts, "safe_rate_per_s")} calls a second. Ask for lists instead of single payments, and let callbacks tell you of changes.`,
          ],
        ),
  concurrency_exceeded: (facts) =>
    again(
      facts,
      `The key had ${metaText(facts, "limit")} calls under way at the same time, the most there may be.${nowIs(facts)}`,
      [
        "Wait for answers before sending more; a queue with a fixed number of workers does that.",
        "Send the call again: nothing was done with it.",
      ],
    ),
  resource_missing: (facts) => resourceMissing(facts),
};

const resourceMissing: Adviser = (facts) => {
  const [resource, id, nearest] = [metaText(facts, "resource"), metaText(facts, "id"), metaText(facts, "nearest")];
  if (facts.call.protocol === "wire") {
    const { call } = sameCall(facts);
    const body = nearest === "" ? call.body : { invoice: nearest };
    return {
      why: `No payment of this key's collection has the invoice "${id}".`,
      fix:
        nearest === ""
          ? [
              "Check that the payment was created with a merchant key of the same collection.",
              "Check the invoice letter by letter, prefixes included. What was never created cannot be asked for.",
            ]
          : [`There is an invoice "${nearest}": send exactly what you sent when you created the payment.`],
      corrected: [{ ...call, body }],
      notes: [],
    };
  }
  const nouns = facts.route?.url.split("/:")[0] ?? "/api/v2/payments";
  const isLowerCase = id !== id.toUpperCase() && /^[a-z]{3}_[0-9a-z]{26}$/i.test(id);
  const prefix = id.slice(0, id.indexOf("_"));
  const upper = `${prefix.toLowerCase()}_${id.slice(prefix.length + 1).toUpperCase()}`;
  const isInvoice = resource === "payment" && !id.startsWith("pay_") && !id.includes("(") && id !== "";
  const corrected = isInvoice ? get(`${nouns}?invoice=${encodeURIComponent(id)}`) : get(`${nouns}?limit=5`);
  return {
    why: `No ${resource} "${id}" exists for this key.`,
    fix: [
      ...(isInvoice
        ? ["That is an invoice, as it seems, and this address wants the payment's id. Ask for it by its invoice."]
        : []),
      ...(isLowerCase ? [`Ids are written in capitals after the underscore: ${upper}.`] : []),
      "Check that the key belongs to the collection that created it, and to the same mode: sandbox and live know nothing of each other.",
    ],
    corrected: [corrected],
    notes: ["This lists what the key can see."],
  };
};
