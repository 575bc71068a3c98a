import { describe, expect, it } from "vitest";
import { banks, findBank, resolveBankId } from "./banks.ts";
import type { FpxModel } from "./messages.ts";

const models: readonly FpxModel[] = ["b2c", "b2b1"];

describe.each(models)("the %s banks", (model) => {
  it("have one entry per id, fit FPX's ten characters and carry their model", () => {
    const ids = banks(model).map((bank) => bank.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const bank of banks(model)) {
      expect(bank.id).toMatch(/^[A-Z0-9]{5,10}$/);
      expect(bank.model).toBe(model);
      expect(bank.name.trim()).toBe(bank.name);
      expect(bank.name).not.toBe("");
    }
  });

  it("have the digit zero, never the letter O, in the number of an id", () => {
    for (const { id } of banks(model)) expect(id.replace(/^(AGRO|BOCM|LOAD|OCBC|UOB)/, "")).not.toContain("O");
  });

  it("stand in the alphabetical order of their display names", () => {
    const names = banks(model).map((bank) => bank.name.toLowerCase());
    expect(names).toEqual([...names].sort());
  });

  it("are each found by id, save test ids that shops use as an old name of a real bank", () => {
    for (const bank of banks(model)) {
      const expected = bank.id === "ABB0234" || bank.id === "UOB0229" ? resolveBankId(bank.id) : bank.id;
      expect(findBank(model, bank.id)?.id).toBe(expected);
    }
  });
});

describe("the bank table", () => {
  it("names a bank by model and id together", () => {
    expect(findBank("b2c", "BCBB0235")?.name).toBe("CIMB Clicks");
    expect(findBank("b2b1", "BCBB0235")?.name).toBe("CIMB Bank");
    expect(findBank("b2c", "AGRO02")).toBeUndefined();
    expect(findBank("b2b1", "MB2U0227")).toBeUndefined();
  });

  it("knows every bank of the shops' own drop-downs", () => {
    const ids =
      "ABMB0212 ABB0233 AMBB0209 BCBB0235 BIMB0340 BKRM0602 BMMB0341 BSN0601 CIT0219 HLB0224 HSBC0223 KFH0346 MB2U0227 MBB0228 OCBC0229 PBB0233 RHB0218 SCB0216 UOB0226";
    for (const id of ids.split(" ")) expect(findBank("b2c", id)?.id, id).toBe(id);
  });

  it("marks exactly the ids that only the test environment offers", () => {
    const tests = (model: FpxModel) =>
      banks(model)
        .filter((bank) => bank.test)
        .map((bank) => bank.id)
        .sort()
        .join(" ");
    expect(tests("b2c")).toBe("ABB0234 CIT0219 LOAD001 MBBM2U2 TEST0021 TEST0022 TEST0023 UOB0229");
    expect(tests("b2b1")).toBe("TEST0021 TEST0022 TEST0023");
  });

  it.each([
    ["ABB0234", "ABB0233"],
    ["MBB0227", "MB2U0227"],
    ["UOB0229", "UOB0226"],
    [" mb2u0227 ", "MB2U0227"],
    ["nobank", "NOBANK"],
    ["", ""],
    ["__proto__", "__PROTO__"],
  ])("resolves a shop's %j to %j", (id, current) => {
    expect(resolveBankId(id)).toBe(current);
  });

  it("does not invent a bank for an unknown or blank id", () => {
    for (const id of ["", "NOBANK", "TESTOO21"]) expect(findBank("b2c", id)).toBeUndefined();
  });
});
