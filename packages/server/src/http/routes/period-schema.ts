import { optional, type Schema, string } from "@kineticpay/contract/json-schema";

/** One edge of a time in which things were created. */
export const edgeSchema = (things: string, edge: "after" | "before"): Schema =>
  optional(
    string({
      format: "moment",
      description: `only ${things} created ${edge} this time, such as "2026-01-31T16:00:00Z"`,
    }),
  );

/** A time that may be left out. */
export const readMoment = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));
