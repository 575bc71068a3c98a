import { usageError } from "../cli-error.ts";

/**
 * The address of a shop as people type it: "3000/webhooks" and "localhost:3000/webhooks" are on this machine.
 * @throws CliError usage
 */
export function readShopUrl(text: string, command: string): string {
  const full = /^https?:\/\//i.test(text)
    ? text
    : /^\d/.test(text) && /^\d{1,5}(\/|$)/.test(text)
      ? `http://127.0.0.1:${text}`
      : `http://${text}`;
  if (!URL.canParse(full)) throw usageError(`"${text}" is no address of a shop.`, command);
  const url = new URL(full);
  if (url.username !== "" || url.password !== "")
    throw usageError("An address with a password would be shown.", command);
  return url.href;
}
