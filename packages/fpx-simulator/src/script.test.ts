import { expect, test } from "vitest";
import { findScript, type Script, type ScriptInput } from "./script.ts";

const target = { orderNo: "X1", sellerOrderNo: "S1", bankId: "TEST0021" };

function scripts(...inputs: (ScriptInput & { used?: number })[]): Script[] {
  return inputs.map((input, at) => ({ used: 0, ...input, id: String(at) }));
}

test("a script that names the order comes before one that names the bank, and that before any", () => {
  const any = { match: { any: true as const }, code: "51" };
  const bank = { match: { bank_id: "TEST0021" }, code: "52" };
  const order = { match: { seller_order_no: "S1" }, code: "53" };
  expect(findScript(scripts(any, bank, order), target)?.code).toBe("53");
  expect(findScript(scripts(any, bank), target)?.code).toBe("52");
  expect(findScript(scripts(any), target)?.code).toBe("51");
});

test("either order number matches, and every named member must", () => {
  expect(findScript(scripts({ match: { seller_order_no: "X1" }, code: "51" }), target)).toBeDefined();
  const otherBank = { match: { seller_order_no: "S1", bank_id: "TEST0022" }, code: "51" };
  expect(findScript(scripts(otherBank), target)).toBeUndefined();
});

test("the oldest of equals holds until it is used up; scripts for bank lists alone never hold for a payment", () => {
  const usedUp = { match: { any: true as const }, code: "51", times: 2, used: 2 };
  const next = { match: { any: true as const }, code: "52", times: 2, used: 1 };
  const bankList = { match: { any: true as const }, be: "slow" as const };
  expect(findScript(scripts(bankList, usedUp, next), target)?.code).toBe("52");
});
