import { type EventType, eventEntry, eventTypes } from "@kineticpay/contract/events/catalogue";
import type { EventAudience } from "@kineticpay/contract/events/entry";
import { eventSchema, exampleEvent } from "@kineticpay/contract/events/event";

const heading = `# Events

Everything that happens is written down as an event, in the same moment and in the same transaction as the thing itself, so
there is none without the other. Events are read with \`GET /api/v2/events\`, and endpoints are sent them as they happen: see
[webhooks](../guides/webhooks.md). Each type has a page here. \`schemas.json\` holds a JSON Schema (2020-12) of every type.

All events have the same members around \`data\`:

| Member | What it is |
|---|---|
| \`id\` | names the event, and is the \`webhook-id\` of every attempt to send it |
| \`object\` | \`"event"\` |
| \`type\` | what happened. Types are added over time: let those pass that you do not know |
| \`created_at\` | when, in UTC |
| \`sequence\` | position among the events of its payment, from 1 and without a gap; null for events that are not about a payment |
| \`payment\` | the payment's id, or null |
| \`attempt\` | the id of the attempt that it is about, or null |
| \`collection\` | the collection's id; null for what concerns the merchant as a whole, or the bank network |
| \`data\` | the object as it was right after the change. Members are added over time. No key and no secret is ever in it |

Changes that decide nothing yet, such as how sure the gateway is of a status or when it asks the bank network again, are in
the payment and make no event of their own.
`;

const readers: Readonly<Record<EventAudience, string>> = {
  collection: "Keys of the payment's collection read it, and keys with `manage`.",
  management: "Only keys with `manage` read it.",
  everybody: "Every key reads it: it is about the bank network, and nobody's own.",
};

const groups = [
  ["payment.", "Payments and their attempts"],
  ["bank.", "Banks"],
  ["api_key.", "Keys"],
  ["collection.", "Collections"],
  ["webhook_endpoint.", "Endpoints"],
] as const;

/** The list of every type. It is kept as `docs/events/README.md`. */
export function eventIndex(): string {
  const parts = groups.map(([prefix, title]) => {
    const lines = eventTypes
      .filter((type) => type.startsWith(prefix))
      .map((type) => `- [${type}](${type}.md): ${eventEntry(type).summary}\n`);
    return `\n## ${title}\n\n${lines.join("")}`;
  });
  return `${heading}${parts.join("")}`;
}

const addresses = {
  v2: "v2 callback addresses",
  wire: "callback addresses of the KineticPay protocol, in its own form",
};

/** The page of one type, kept as `docs/events/TYPE.md`. */
export function eventPage(type: EventType): string {
  const { summary, recorded, audience, callbacks, dataName } = eventEntry(type);
  const told =
    callbacks.length === 0
      ? "No callback address of a payment hears of it."
      : `So is ${callbacks.map((format) => addresses[format]).join(", and ")}.`;
  const endpoints =
    type === "webhook_endpoint.test"
      ? "The endpoint that is tested is sent it, and no other."
      : "Endpoints that are subscribed to it are sent it.";
  return `# ${type}

${summary}

**When it is recorded.** ${recorded}

**Who hears of it.** ${endpoints} ${told} ${readers[audience]}

**What it carries.** \`data\` is ${/^[AEIOU]/.test(dataName) ? "an" : "a"} \`${dataName}\`, as the [OpenAPI document](../openapi.json) describes it.

\`\`\`json
${JSON.stringify(exampleEvent(type), null, 2)}
\`\`\`
`;
}

/** A type's schema, with what `data` is named instead of repeated. */
function referring(type: EventType): object {
  const { properties, ...rest } = eventSchema(type);
  const data = { $ref: `#/$defs/${eventEntry(type).dataName}` };
  return { ...rest, properties: { ...(properties as object), data } };
}

/** A JSON Schema of every type of event, kept as `docs/events/schemas.json`. */
export function eventSchemas(): object {
  const objects = eventTypes.map((type) => [eventEntry(type).dataName, eventEntry(type).schema]);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Events of the KineticPay gateway",
    oneOf: eventTypes.map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: { ...Object.fromEntries(objects), ...Object.fromEntries(eventTypes.map((type) => [type, referring(type)])) },
  };
}
