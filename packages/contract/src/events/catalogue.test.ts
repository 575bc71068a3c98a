import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import type { Schema } from "../json-schema.ts";
import { eventEntry, eventTypes, isTold, subscribable, subscriptionsTo } from "./catalogue.ts";
import { eventSchema, exampleEvent } from "./event.ts";

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });

/** The same schema, taking no member that it does not name: what an example shows must be described as well. */
function sealed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(sealed);
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, sealed(part)]));
  const isClosable = "properties" in schema && !("additionalProperties" in schema);
  return isClosable ? { ...parts, additionalProperties: false } : parts;
}

const faultsOf = (schema: Schema, value: unknown) => {
  const validate = ajv.compile(sealed(schema) as object);
  return validate(value) ? [] : (validate.errors ?? []).map((fault) => `${fault.instancePath} ${fault.message}`);
};

it.each(eventTypes)("describes %s by a schema that its own example fits, and nothing less than it", (type) => {
  const example = exampleEvent(type);
  expect(faultsOf(eventSchema(type), example)).toEqual([]);
  for (const member of Object.keys(example)) {
    const { [member as "id"]: _left, ...rest } = example;
    expect(faultsOf(eventSchema(type), rest), member).not.toEqual([]);
  }
  expect(faultsOf(eventSchema(type), { ...example, data: { ...(example.data as object), id: undefined } })).not.toEqual(
    [],
  );
});

it.each(eventTypes)("says of %s what it is, and exactly when it is recorded", (type) => {
  const { summary, recorded } = eventEntry(type);
  for (const text of [summary, recorded]) {
    expect(text.length).toBeGreaterThan(15);
    expect(text).toMatch(/^[A-Z].*\.$/);
  }
});

it("shows no secret in any example", () => {
  const text = JSON.stringify(eventTypes.map(exampleEvent));
  expect(text).not.toMatch(/whsec_|kp_(test|live)_[0-9A-Za-z]{36}|"(secret|key|password)"/);
});

it("numbers the events of payments alone, and leaves those of banks without an owner", () => {
  for (const type of eventTypes) {
    const { audience } = eventEntry(type);
    expect(audience === "collection").toBe(type.startsWith("payment."));
    expect(audience === "everybody").toBe(type.startsWith("bank."));
    const { sequence, payment, collection } = exampleEvent(type);
    expect([sequence === null, payment === null]).toEqual([audience !== "collection", audience !== "collection"]);
    if (audience === "everybody") expect(collection).toBeNull();
  }
});

it("takes subscriptions to one type, to a group, and to everything, but to no test", () => {
  expect(subscribable).toEqual(expect.arrayContaining(["*", "payment.*", "bank.*", "payment.paid", "api_key.revoked"]));
  expect(subscribable).not.toContain("webhook_endpoint.test");
  expect(subscriptionsTo("payment.paid")).toEqual(["*", "payment.*", "payment.paid"]);
  expect(subscriptionsTo("webhook_endpoint.test")).toEqual([]);
  for (const type of eventTypes) {
    for (const word of subscriptionsTo(type)) expect(subscribable).toContain(word);
  }
});

it("tells shops on the wire protocol of the two outcomes that they know, and of nothing else", () => {
  expect(eventTypes.filter((type) => isTold(type, "wire"))).toEqual(["payment.paid", "payment.attempt_failed"]);
  expect(eventTypes.filter((type) => isTold(type, "v2"))).toEqual([
    "payment.awaiting_approval",
    "payment.paid",
    "payment.attempt_failed",
    "payment.expired",
    "payment.cancelled",
    "payment.late_success",
    "payment.duplicate_success",
  ]);
});
