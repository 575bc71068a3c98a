import { describe, expect, test } from "vitest";
import { committedSecrets, keyFiles } from "./secrets.ts";
import { readRepository } from "./source-files.ts";

const files = readRepository();
const judged = (text: string) => committedSecrets([{ path: "planted.ts", text }]);
const dashes = "-".repeat(5);
const secret = "c2VjcmV0".repeat(8);

describe("what is committed", () => {
  test("holds no secret, and no trace of anybody's machine", () => {
    expect(committedSecrets(files)).toEqual([]);
  });

  test("has no file that is made to hold keys", () => {
    expect(keyFiles(files)).toEqual([]);
  });
});

describe("the check itself", () => {
  test.each([
    ["a private key", `${dashes}BEGIN PRIVATE KEY${dashes}\n${secret}`],
    ["a private key of an older form", `"${dashes}BEGIN RSA PRIVATE KEY${dashes}\\n${secret}"`],
    ["an encrypted private key", `"${dashes}BEGIN ENCRYPTED PRIVATE KEY${dashes}" +\n  "${secret}"`],
    ["a whole live key", `const key = "kp_live_${"a1B2c3".repeat(6)}";`],
    ["a path on Linux", `cd ${"/"}home/siti/gateway`],
    ["a path of root's", `"${"/"}root/gateway"`],
    ["a path on macOS", `See ${"/"}Users/siti/gateway.`],
    ["a path on Windows", `C:${"\\"}Users\\siti`],
  ])("sees %s", (_what, text) => {
    expect(judged(`first line\n${text}\n`)).toEqual([expect.stringContaining("planted.ts:2")]);
  });

  test.each([
    ["a public key", `${dashes}BEGIN PUBLIC KEY${dashes}\n${secret}`],
    ["the beginning of a private key alone", `${dashes}BEGIN PRIVATE KEY${dashes}\nnone`],
    ["a key that is cut short", "kp_live_…9xYz"],
    ["an address", "https://shop.example/home/thanks"],
  ])("lets %s stand", (_what, text) => {
    expect(judged(text)).toEqual([]);
  });

  test.each(["data/master.key", "fpx.pem", ".env", "deploy/.env.live"])("sees the file %s", (path) => {
    expect(keyFiles([{ path, text: "" }])).toEqual([path]);
  });
});
