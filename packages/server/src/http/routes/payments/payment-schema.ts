import { integer, object, optional, type Schema, string } from "@kineticpay/contract/json-schema";

const text = (maximum: number, description: string) =>
  string({ minLength: 1, maxLength: maximum, format: "plain-text", description });
const url = (what: string, example = "https://shop.example/orders/10001") =>
  string({
    maxLength: 2000,
    format: "web-url",
    description: `${what}: an absolute http or https address without credentials, such as "${example}"`,
  });

export const buyerSchema = object(
  {
    name: optional(text(120, 'the buyer\'s name, up to 120 characters, such as "Siti binti Ahmad"')),
    email: optional(
      string({
        maxLength: 254,
        format: "email-address",
        description: 'an e-mail address, such as "siti@example.com"',
      }),
    ),
    phone: optional(
      string({ pattern: "^\\+?[0-9 ()-]{5,24}$", description: 'a telephone number, such as "+60 12-345 6789"' }),
    ),
  },
  { additionalProperties: false, description: "an object with name, email and phone, each optional" },
);

export const metadataSchema: Schema = {
  type: "object",
  maxProperties: 50,
  propertyNames: { minLength: 1, maxLength: 40 },
  additionalProperties: {
    type: ["string", "number", "boolean", "null"] as never,
    maxLength: 500,
    format: "paragraph",
    description: "text of up to 500 characters, a number, true, false or null",
  },
  description: "an object of up to 50 names with text (up to 500 characters), numbers, booleans or null",
};

export const descriptionSchema = string({
  maxLength: 1000,
  format: "paragraph",
  description: "what is being paid for, up to 1,000 characters; the bank shows the first 30",
});
export const expiresInSchema = integer({
  minimum: 1,
  maximum: 2_592_000,
  description: "whole seconds from now, 1 to 2592000 (30 days)",
});
export const invoiceSchema = text(64, 'your own reference for what is paid, 1 to 64 characters, such as "10001"');
export const successUrlSchema = url("where the buyer goes after paying");
export const failureUrlSchema = url("where the buyer goes without having paid");
export const callbackUrlSchema = url("where this gateway posts events of the payment", "https://shop.example/callback");

export const paymentParams = object({ id: string() });
