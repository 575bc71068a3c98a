import { createHash } from "node:crypto";
import type pg from "pg";

export interface RecomputedSeal {
  readonly merchantId: string;
  readonly number: number;
  readonly transactionId: string;
  readonly hash: string;
  /** What the hash has to be, by docs/guides/books.md. */
  readonly expected: string;
}

/**
 * All chains, recomputed by an outsider: from the description in the guide, with plain selects, and none of our code.
 * The hash before is the one that was recomputed, not the one that is stored.
 */
export async function recomputeChains(client: pg.Client): Promise<RecomputedSeal[]> {
  await client.query("set time zone 'Asia/Kuala_Lumpur'");
  const read = async (text: string) => (await client.query<Record<string, string>>(text)).rows;
  const microseconds = (column: string) => `(extract(epoch from ${column}) * 1000000)::bigint::text`;
  const seals = await read(`select merchant_id, number::text, transaction_id, encode(hash, 'hex') as hash,
    ${microseconds("sealed_at")} as sealed_at from ledger_seals order by merchant_id, ledger_seals.number`);
  const bookings = await read(`select id, payment_id, attempt_id, kind, ${microseconds("created_at")} as created_at
    from ledger_transactions`);
  const lines = await read(
    `select transaction_id, line::text, account, currency, amount_sen::text from ledger_postings`,
  );
  const known = new Map(bookings.map((booking) => [booking["id"], booking]));
  const before = new Map<string, string>();
  return seals.map((seal) => {
    const merchant = seal["merchant_id"] ?? "";
    const booking = known.get(seal["transaction_id"]) ?? {};
    const postings = lines
      .filter((line) => line["transaction_id"] === seal["transaction_id"])
      .sort((a, b) => Number(a["line"]) - Number(b["line"]))
      .map((line) => [line["line"], line["account"], line["currency"], line["amount_sen"]].join(" "));
    const text = [
      "kineticpay ledger seal 1",
      before.get(merchant) ?? "0".repeat(64),
      merchant,
      seal["number"],
      timeOf(seal["sealed_at"] ?? ""),
      booking["id"],
      booking["payment_id"],
      booking["attempt_id"],
      booking["kind"],
      timeOf(booking["created_at"] ?? ""),
      ...postings,
    ];
    const expected = createHash("sha256")
      .update(text.map((line) => `${line}\n`).join(""), "utf8")
      .digest("hex");
    before.set(merchant, expected);
    return {
      merchantId: merchant,
      number: Number(seal["number"]),
      transactionId: seal["transaction_id"] ?? "",
      hash: seal["hash"] ?? "",
      expected,
    };
  });
}

/** Microseconds since 1970 as the guide writes a time. */
function timeOf(microseconds: string): string {
  const whole = microseconds.slice(0, -6);
  const fraction = microseconds.slice(-6);
  return `${new Date(Number(whole) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
