import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callbackKeyOf } from "../merchants/api-keys.ts";
import { listAudit } from "../merchants/audit-log.ts";
import { authenticate, authenticateMerchantKey } from "../merchants/authenticate.ts";
import { sealPurposes } from "../seams/seal.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { OperatorError, type Options, UsageError } from "./command.ts";
import { commands } from "./index.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore();
});
afterAll(() => core.close());

/** Runs a command as the program does, once the line has been taken apart. */
async function run(name: string, words: readonly string[] = [], options: Options = {}, input = "") {
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const unknown = Object.keys(options).filter((option) => !(option in command.options));
  if (unknown.length > 0) throw new Error(`${name} takes no ${unknown.join(", ")}`);
  const printed = await command.run(core.gateway, words, options, () => Promise.resolve(input));
  return { text: printed.text, json: printed.json as Record<string, string> };
}
const lastEntry = async (objectId: string) =>
  (await listAudit(core.gateway, { objectId, merchantId: null, limit: 1 }))[0];
const accepts = (key: string) => authenticate(core.gateway, `Bearer ${key}`).then((caller) => caller.scopes);
const by = { by: "Aminah" };

describe("merchants and collections", () => {
  it("are created with keys that work, and listed", async () => {
    const made = await run("merchants create", ["Kedai", "Baru"], { website: "https://baru.example", ...by });
    expect(await accepts(made.json["api_key"] ?? "")).toEqual(["payments:read", "payments:write"]);
    expect((await run("merchants list")).text).toContain(`${made.json["merchant_id"]}  Kedai Baru`);
    expect(await lastEntry(made.json["merchant_id"] ?? "")).toMatchObject({ actorKind: "operator", actor: "Aminah" });
    const second = await run("collections create", [made.json["merchant_id"] ?? "", "Dua"], {
      website: "https://dua.example",
      ...by,
    });
    const caller = await authenticateMerchantKey(core.gateway, second.json["merchant_key"]);
    expect(caller.collectionId).toBe(second.json["collection_id"]);
    expect((await run("collections list")).text).toContain("Dua  https://dua.example");
  });

  it("give the first key manage only when that is asked for", async () => {
    const made = await run("merchants create", ["Besar"], { website: "https://besar.example", manage: true });
    expect(await accepts(made.json["api_key"] ?? "")).toContain("manage");
  });

  it("are not made for a merchant that does not exist, or without a usable address", async () => {
    const create = (id: string, website: string) => run("collections create", [id, "Dua"], { website });
    await expect(create("mer_1", "https://dua.example")).rejects.toThrow(OperatorError);
    await expect(create(core.merchant.merchantId, "dua.example")).rejects.toThrow(UsageError);
  });
});

describe("keys", () => {
  it("are created with what is asked for, listed without the key, rolled and revoked", async () => {
    const created = await run("keys create", [core.merchant.collectionId], {
      name: "Till",
      scopes: "payments:read, manage",
      expires: "2090-01-31T16:00:00Z",
      ...by,
    });
    const { key_id: id = "", key = "" } = created.json;
    expect(await accepts(key)).toEqual(["payments:read", "manage"]);
    const listed = await run("keys list", [], { collection: core.merchant.collectionId });
    expect(listed.text).toContain(id);
    expect(`${listed.text}${JSON.stringify(listed.json)}`).not.toContain(key);
    const rolled = await run("keys roll", [id], { "overlap-hours": "168", ...by });
    expect(await accepts(rolled.json["key"] ?? "")).toEqual(["payments:read", "manage"]);
    expect(await lastEntry(id)).toMatchObject({ action: "api_key.rolled", actor: "Aminah" });
    await run("keys revoke", [id], by);
    await expect(accepts(key)).rejects.toThrow(expect.objectContaining({ code: "key_revoked" }));
    await expect(run("keys roll", [id], { "overlap-hours": "1" })).rejects.toThrow(/stays ended/);
  });

  it.each([
    [{ scopes: "payments:refund" }],
    [{ scopes: "" }],
    [{ kind: "password" }],
    [{ expires: "tomorrow" }],
    [{ name: "a\u001b[31m" }],
  ])("are not created with %j", async (options) => {
    await expect(run("keys create", [core.merchant.collectionId], options)).rejects.toThrow(UsageError);
  });

  it.each(["", "-1", "169", "1.5", "0x10"])("are not rolled with an overlap of %j hours", async (hours) => {
    const line = run("keys roll", [core.merchant.apiKey.id], { "overlap-hours": hours });
    await expect(line).rejects.toThrow(UsageError);
  });

  it("that do not exist are said so, with where to find those that do", async () => {
    await expect(run("keys revoke", ["key_1"])).rejects.toThrow(/"keys list"/);
  });
});

describe("an imported merchant key", () => {
  const collection = () => [core.merchant.collectionId];

  it.each([
    ["eight characters", "abcd1234"],
    ["spaces, quotes and punctuation", `a "b" {c} 'd' \\ / & = % + ~`],
    ["128 characters", "k".repeat(128)],
    ["the form of no key of ours", "550e8400-e29b-41d4-a716-446655440000"],
    ["the form of a live key of ours", `kp_live_${"0".repeat(36)}`],
  ])("is taken from standard input with %s, and works as it is", async (_what, key) => {
    const made = await run("keys import", collection(), { name: "Hosted", ...by }, `${key}\n`);
    expect(made.text).not.toContain(key);
    expect(JSON.stringify(made.json)).not.toContain(key);
    const caller = await authenticateMerchantKey(core.gateway, key);
    expect(caller).toMatchObject({ keyId: made.json["key_id"], collectionId: core.merchant.collectionId });
    expect(await lastEntry(caller.keyId)).toMatchObject({ action: "api_key.imported", actor: "Aminah" });
  });

  it("leaves the callback key behind, sealed, which the shop can derive by itself", async () => {
    const key = "hosted-key-for-callbacks";
    const made = await run("keys import", collection(), by, key);
    const rows = await core.gateway.db.query<{ sealed: Buffer; imported: boolean }>(
      "select callback_key_sealed as sealed, imported from api_keys where id = $1",
      [made.json["key_id"]],
    );
    expect(rows[0]?.imported).toBe(true);
    const opened = core.gateway.seal.open(rows[0]?.sealed ?? Buffer.alloc(0), sealPurposes.callbackKey);
    expect(opened).toEqual(callbackKeyOf(key));
  });

  it.each([
    ["nothing", ""],
    ["seven characters", "abcd123"],
    ["129 characters", "k".repeat(129)],
    ["two lines", "abcd1234\nefgh5678\n"],
    ["a space in front", " abcd1234"],
    ["a character that cannot be printed", "abcd\u00071234"],
    ["letters beyond ASCII", "kunci-rahsia-é"],
  ])("is refused with %s, without a word of it in the message", async (_what, key) => {
    const error: unknown = await run("keys import", collection(), by, key).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OperatorError);
    expect((error as Error).message).toContain("8 to 128 printable");
    if (key.trim() !== "") expect((error as Error).message).not.toContain(key.trim());
  });

  it("is taken once, and for one collection", async () => {
    await run("keys import", collection(), by, "hosted-key-once");
    await expect(run("keys import", collection(), by, "hosted-key-once")).rejects.toThrow(/already/);
    await expect(run("keys import", collection(), by, core.merchant.apiKey.key)).rejects.toThrow(/already/);
  });

  it("is never taken from the command line, where every user of the machine could read it", async () => {
    await expect(run("keys import", [core.merchant.collectionId, "hosted-key-0002"])).rejects.toThrow(UsageError);
  });
});

describe("the API switch", () => {
  it("is turned off and on for a collection, by name", async () => {
    const id = core.merchant.collectionId;
    const enabled = async () => (await authenticate(core.gateway, `Bearer ${core.merchant.apiKey.key}`)).apiEnabled;
    await run("api disable", [id], by);
    expect(await enabled()).toBe(false);
    expect(await lastEntry(id)).toMatchObject({ action: "collection.api_disabled", actor: "Aminah" });
    await run("api enable", [id], by);
    expect(await enabled()).toBe(true);
  });
});

describe("allow-lists", () => {
  it.each([
    ["a collection", () => core.merchant.collectionId],
    ["a key", () => core.merchant.merchantKey.id],
  ])("of %s are set, added to, taken from and shown", async (_what, idOf) => {
    const id = idOf();
    const shown = async () => (await run("allow-list show", [id])).json["ip_allow_list"];
    await run("allow-list set", [id, "203.0.113.7", "2001:DB8::/32"], by);
    expect(await shown()).toEqual(["203.0.113.7", "2001:db8::/32"]);
    await run("allow-list add", [id, "::ffff:203.0.113.8", "203.0.113.7"], by);
    expect(await shown()).toEqual(["203.0.113.7", "2001:db8::/32", "203.0.113.8"]);
    await run("allow-list remove", [id, "2001:db8:0::/32", "203.0.113.7"], by);
    expect(await shown()).toEqual(["203.0.113.8"]);
    expect((await lastEntry(id))?.action).toMatch(/ip_allow_list_changed$/);
    await run("allow-list set", [id], { everyone: true, ...by });
    expect(await shown()).toEqual([]);
  });

  it("are never emptied by the way, since an empty one lets everybody in", async () => {
    const id = core.merchant.merchantKey.id;
    await run("allow-list set", [id, "203.0.113.7"], by);
    await expect(run("allow-list remove", [id, "203.0.113.7"])).rejects.toThrow(/every address/);
    await expect(run("allow-list set", [id])).rejects.toThrow(UsageError);
    await expect(run("allow-list set", [id, "203.0.113.8"], { everyone: true })).rejects.toThrow(UsageError);
    await run("allow-list set", [id], { everyone: true });
  });

  it("take only what is an address or a range, and say which entry is not", async () => {
    const id = core.merchant.collectionId;
    await expect(run("allow-list add", [id, "203.0.113.7", "203.0.113.7/24"])).rejects.toThrow(
      /^203\.0\.113\.7\/24 is/,
    );
    await expect(run("allow-list remove", [id, "203.0.113.99"])).rejects.toThrow(/Not on the list/);
    expect((await run("allow-list show", [id])).json["ip_allow_list"]).toEqual([]);
  });
});

describe("the audit log", () => {
  it("is listed newest first with names, times and values, for one object if asked", async () => {
    const id = core.merchant.apiKey.id;
    await run("allow-list set", [id, "203.0.113.7"], { by: "Mei Ling" });
    const { text } = await run("audit list", [], { object: id, limit: "1" });
    expect(text).toMatch(/operator Mei Ling {2}api_key\.ip_allow_list_changed {2}key_/);
    expect(text).toContain("ip_allow_list: [] -> [203.0.113.7]");
    await expect(run("audit list", [], { limit: "0" })).rejects.toThrow(UsageError);
  });

  it("names the account that ran the command when nobody is named", async () => {
    await run("api enable", [core.merchant.collectionId]);
    await run("api disable", [core.merchant.collectionId]);
    expect((await lastEntry(core.merchant.collectionId))?.actor).not.toBe("");
    await run("api enable", [core.merchant.collectionId]);
    await expect(run("api enable", [core.merchant.collectionId], { by: "" })).rejects.toThrow(UsageError);
  });
});
