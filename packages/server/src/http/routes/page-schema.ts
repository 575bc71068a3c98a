import { optional, string } from "@kineticpay/contract/json-schema";

/** Objects on a page when nothing is said. */
export const defaultPage = 20;

export const limitSchema = optional(
  string({ pattern: "^([1-9][0-9]?|100)$", description: "a whole number from 1 to 100" }),
);
