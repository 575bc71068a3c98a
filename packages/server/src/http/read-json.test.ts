import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonText, readJson } from "./read-json.ts";

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
  ['{"amount":1250,"invoice":"L2', "a text that is not closed at line 1, column 26"],
  ['{"amount":1250', "an end before everything that was opened is closed at line 1, column 15"],
  ['{"a":1,}', "a comma before a closing bracket"],
  ["[1,]", "a comma before a closing bracket"],
  ["{'a':1}", "a single quote, where JSON has double quotes"],
  ["{a:1}", "a word without quotes"],
  ['{"a":NaN}', "a word without quotes at line 1, column 6"],
  ['{"a":1,250}', "a number that is not written as JSON writes numbers"],
  ['{"a":012}', "a number that is not written as JSON writes numbers"],
  ['{"a":"x\ny"}', "a line break"],
  ['{"a":"x\ty"}', "another control character inside a text"],
  ['{"a":"C:\\x"}', "a backslash that begins nothing"],
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

it("reads UTF-8, and nothing that is compressed, UTF-16 or written in another encoding", async () => {
  const told = (bytes: Buffer) => {
    try {
      return jsonText(bytes);
    } catch (error) {
      return (error as { meta: { at: string } }).meta.at;
    }
  };
  expect(told(Buffer.from('{"a":"é"}'))).toBe('{"a":"é"}');
  expect(told(Buffer.from('{"a":"é"}', "latin1"))).toBe("byte 7 of it, E9, is not UTF-8, in which JSON has to be");
  expect(told(Buffer.from([0x1f, 0x8b, 0x08, 0x00]))).toContain("gzip");
  expect(told(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("{}", "utf16le")]))).toContain("UTF-16");
});
