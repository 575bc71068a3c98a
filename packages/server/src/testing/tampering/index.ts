import { inTheBooks } from "./in-the-books.ts";
import { inTheChain } from "./in-the-chain.ts";
import { inTheGuards } from "./in-the-guards.ts";
import { inThePayments } from "./in-the-payments.ts";
import { inTheRecord } from "./in-the-record.ts";
import type { Tampering } from "./tampering.ts";

/** Ways in which somebody with every right and all triggers off might falsify the database. */
export const tamperings: readonly Tampering[] = [
  ...inTheBooks,
  ...inTheChain,
  ...inThePayments,
  ...inTheRecord,
  ...inTheGuards,
];
