import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { eventTypes } from "@kineticpay/contract/events/catalogue";
import { exampleEvent } from "@kineticpay/contract/events/event";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { formattedJson } from "../../testing/formatted-json.ts";
import { eventIndex, eventPage, eventSchemas } from "./event-pages.ts";

const folder = new URL("../../../../../docs/events/", import.meta.url);
const kept = (name: string) => `../../../../../docs/events/${name}`;

it("lists every type of event (npm run docs writes it anew)", async () => {
  await expect(eventIndex()).toMatchFileSnapshot(kept("README.md"));
  for (const type of eventTypes) expect(eventIndex()).toContain(`(${type}.md)`);
});

it.each(eventTypes)("has a page of %s as the catalogue has it (npm run docs writes it anew)", async (type) => {
  await expect(eventPage(type)).toMatchFileSnapshot(kept(`${type}.md`));
});

it("has no page of anything else", () => {
  const pages = readdirSync(folder).filter((name) => name !== "README.md" && name !== "schemas.json");
  expect(pages.sort()).toEqual(eventTypes.map((type) => `${type}.md`).sort());
});

it("publishes a schema that tells every type from every other (npm run docs writes it anew)", async () => {
  await expect(formattedJson(eventSchemas(), "docs/events/schemas.json")).toMatchFileSnapshot(kept("schemas.json"));
  const committed = JSON.parse(await readFile(new URL("schemas.json", folder), "utf8"));
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(committed);
  for (const type of eventTypes) {
    expect(validate(exampleEvent(type)), `${type}: ${JSON.stringify(validate.errors)}`).toBe(true);
    expect(validate({ ...exampleEvent(type), type: "payment.unheard_of" })).toBe(false);
    expect(validate({ ...exampleEvent(type), sequence: "1" })).toBe(false);
  }
});
