import { describe, expect, it } from "vitest";
import { type ResponseClass, responseCode, responseCodes } from "./response-codes.ts";

/** The published codes, by what they say about the money. */
const published: Readonly<Record<ResponseClass, string>> = {
  success: "00",
  pending: "09 1S B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 C1 C2 C3 C4 C5 OO",
  awaiting_approval: "99",
  cancelled: "1A 1B 1C 1D 1E 1F 1G 1H 1I 1J 1K 1L 1M 80 BC",
  failed:
    "03 05 12 13 14 2A 2X 30 31 39 46 47 48 49 50 51 53 57 58 70 77 78 83 84 90 92 98 BB DA DB DC DD DE DF OE SB XA XB XC XE XF XI XM XS XT XW",
  uncertain: "20 45 79 85 87 88 89 96 FE OF XN XO",
  not_found: "76",
};

describe("the response codes", () => {
  it("are the published ones, each in its class and once", () => {
    expect(new Set(responseCodes.map(({ code }) => code)).size).toBe(responseCodes.length);
    for (const [name, codes] of Object.entries(published)) {
      const listed = responseCodes.filter((entry) => entry.class === name).map(({ code }) => code);
      expect(listed.sort().join(" "), name).toBe(codes);
    }
  });

  it("all have a stable reason, a meaning and a text for the buyer in both languages", () => {
    for (const entry of responseCodes) {
      expect(entry.code).toMatch(/^[0-9A-Z]{2}$/);
      expect(entry.reason, entry.code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(entry.meaning, entry.code).toMatch(/^\S.{10,}\S$/);
      expect(entry.buyer.en, entry.code).toMatch(/^[A-Z].{20,}\.$/);
      expect(entry.buyer.ms, entry.code).toMatch(/^[A-Z].{20,}\.$/);
      expect(entry.buyer.ms).not.toBe(entry.buyer.en);
      expect(responseCode(entry.code)).toBe(entry);
    }
  });

  it("never share a reason across classes, so that a program may go by the reason alone", () => {
    const classOf = new Map<string, ResponseClass>();
    for (const entry of [...responseCodes, responseCode("??")]) {
      expect(classOf.get(entry.reason) ?? entry.class, entry.reason).toBe(entry.class);
      classOf.set(entry.reason, entry.class);
    }
  });

  it("tell the buyer to wait, and that the bank is being asked, wherever the money is undecided", () => {
    for (const entry of [...responseCodes, responseCode("U7")]) {
      if (!["pending", "uncertain", "not_found"].includes(entry.class)) continue;
      expect(entry.buyer.en, entry.code).toMatch(/do not pay again yet.*checking with the bank/);
      expect(entry.buyer.ms, entry.code).toMatch(/jangan bayar lagi.*menyemak dengan pihak bank/);
    }
    expect(responseCode("99").buyer.en).toContain("do not pay again yet");
    expect(responseCode("99").buyer.ms).toContain("jangan bayar lagi");
  });

  it("say that nothing was taken only where that is certain", () => {
    for (const entry of responseCodes) {
      const isCertain = (entry.class === "failed" || entry.class === "cancelled") && entry.code !== "1M";
      expect(entry.buyer.en.includes("No money was taken."), entry.code).toBe(isCertain);
      expect(entry.buyer.ms.includes("Tiada wang ditolak daripada akaun anda."), entry.code).toBe(isCertain);
    }
  });

  it("show the buyer no code and no word of the trade", () => {
    const trade = /\b(FPX|TAC|MAC|exchange|checksum|requery|debit|credit|[0-9X][0-9A-Z])\b/;
    for (const entry of responseCodes) expect(`${entry.buyer.en} ${entry.buyer.ms}`, entry.code).not.toMatch(trade);
  });

  it.each(["A0", "U7", "", "0", " 00", "00 ", "000", "0O", "bc", "constructor", "__proto__", "\u0000"])(
    "leave an unknown code undecided: %j",
    (code) => {
      expect(responseCode(code)).toMatchObject({ code, class: "pending", reason: "unknown_code" });
    },
  );

  it.each([
    ["51", "insufficient_funds"],
    ["80", "cancelled_by_buyer"],
    ["1C", "cancelled_by_buyer"],
    ["1A", "session_timed_out"],
    ["90", "bank_unavailable"],
    ["48", "limit_exceeded"],
    ["76", "transaction_not_found"],
    ["OF", "transaction_timed_out"],
    ["XO", "duplicate_order_number"],
  ])("give %s the reason %s", (code, reason) => {
    expect(responseCode(code).reason).toBe(reason);
  });
});
