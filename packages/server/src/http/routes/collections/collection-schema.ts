import { object, string } from "@kineticpay/contract/json-schema";

export const nameSchema = string({
  minLength: 1,
  maxLength: 120,
  format: "plain-text",
  description: 'a name that buyers and colleagues recognise, up to 120 characters, such as "Kedai Kopi Online"',
});
export const websiteSchema = string({
  maxLength: 500,
  format: "web-url",
  description: 'the shop\'s address: absolute, http or https, without credentials, such as "https://shop.example"',
});
export const collectionIdPattern = "^col_[0-9A-HJKMNP-TV-Z]{26}$";

export const collectionParams = object({ id: string() });
