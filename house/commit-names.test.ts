import { callNames, commitNames, crashLabels } from "@kineticpay/server/seams/crash-points";
import { describe, expect, test } from "vitest";
import { namelessCommits, placesOf } from "./commit-names.ts";
import { readRepository } from "./source-files.ts";

const files = readRepository();
const judged = (text: string) => namelessCommits([{ path: "packages/server/src/payments/planted.ts", text }]);

describe("every commit and every call out", () => {
  test("is made under a name, so that a gateway can be made to die before and after it", () => {
    expect(namelessCommits(files)).toEqual([]);
  });

  test("has a name of its own: each stands at one place, and none is left over", () => {
    const places = placesOf([...commitNames, ...callNames], files);
    expect([...places].filter(([, found]) => found.length !== 1)).toEqual([]);
  });

  test("can be crashed at on both sides", () => {
    expect(new Set(crashLabels).size).toBe(2 * (commitNames.length + callNames.length));
  });
});

describe("the check itself", () => {
  test.each([
    ["an insert", 'export const planted = (db: Db) => db.query("insert into payments (id) values ($1)");'],
    ["an update", 'export const planted = (gateway: Gateway) => gateway.db.query("update payments p set id = $1");'],
    [
      "a deletion inside a query",
      "export const planted = (db: Db) => db.query(`with gone as (delete from a) select 1`);",
    ],
    ["a write kept in a constant", 'const text = "delete from a"; export const planted = (db: Db) => db.query(text);'],
    [
      "a write put together from constants",
      `const head = "insert into a"; export const planted = (db: Db) => db.query(\`\${head} values (1)\`);`,
    ],
    ["a write to what is only called a transaction", "export const planted = (tx: Db) => tx.write();"],
    ["a write to what is only called a transaction, in a function", "export function planted(tx: Queryable) {}"],
    ["a database of its own", 'import pg from "pg"; export const planted = () => new pg.Client();'],
    ["a call out of its own", 'export const planted = () => fetch("http://127.0.0.1");'],
    ["a client of its own", 'import { request } from "undici"; export const planted = request;'],
    ["a socket of its own", 'import { connect } from "node:net"; export const planted = connect;'],
  ])("sees %s", (_what, text) => {
    expect(judged(text)).toHaveLength(1);
  });

  test.each([
    ["reading", 'export const planted = (db: Db) => db.query("select id from payments for update skip locked");'],
    ["writing in a transaction", 'export const planted = (tx: Tx) => tx.query("delete from a");'],
    ["a named write", 'export const planted = (db: Db) => db.write("payments.create", "insert into a values (1)");'],
    ["telling what an address is", 'import { isIP } from "node:net"; export const planted = isIP;'],
  ])("lets %s be", (_what, text) => {
    expect(judged(text)).toEqual([]);
  });

  test("sees a name that stands at two places, and one that stands nowhere", () => {
    const twice = 'export const planted = (db: Db) => [db.write("payments.create"), db.write("payments.create")];';
    const places = placesOf(commitNames, [{ path: "packages/server/src/payments/planted.ts", text: twice }]);
    expect(places.get("payments.create")).toHaveLength(2);
    expect(places.get("payments.settle")).toEqual([]);
  });
});
