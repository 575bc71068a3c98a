import fc from "fast-check";
import { expect, it } from "vitest";
import { readJson } from "./read-json.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const refusal = (text: string) =>
  readJson(text).then(
    () => "read",
    (error: Error & { code: string; meta: { at: string } }) => `${error.code}: ${error.meta.at}`,
  );

it(`reads whatever JSON.stringify writes (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (value) => {
      const text = JSON.stringify(value);
      if (/"(__proto__|constructor)"/.test(text)) return;
      expect(await readJson(text)).toEqual(JSON.parse(text));
    }),
    { seed, numRuns: 1_000 },
  );
});

it.each([
  ["", "the body is empty"],
  ["  \n", "the body is empty"],
  ["{", "line 1, column 2"],
  ['{"a":1,}', "line 1, column 8"],
  ['{\n  "a": 1,\n  "a": 2\n}', "a member that stands there twice at line 3, column 3"],
  ['{"a":{"b":1,"b":1}}', "twice at line 1, column 13"],
  ['{"__proto__":{}}', "not allowed in any object at line 1, column 2"],
  ["hello", "line 1, column 1"],
  ["{'a':1}", "line 1, column 2"],
  ['{"a":1} {"b":2}', "line 1, column 9"],
  ["/* x */ 1", "line 1, column 1"],
  ["[".repeat(30_000), "nested more than 20 levels"],
])("tells where %j stops being JSON that can be acted on", async (text, place) => {
  expect(await refusal(text)).toContain("json_malformed");
  expect(await refusal(text)).toContain(place);
});

it("never quotes what it could not read", async () => {
  for (const text of ['{"merchant_key": hunter2', "hunter2", '{"a":"hunter2","a":"hunter2"}'])
    expect(await refusal(text)).not.toContain("hunter2");
});

it("is not misled by colons and quotes inside of strings", async () => {
  expect(await readJson('{"a":"x:\\"y:\\\\","b:c":[":"]}')).toEqual({ a: 'x:"y:\\', "b:c": [":"] });
});
