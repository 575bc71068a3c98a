import { CliError } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";

/**
 * The origin of a gateway as it was typed.
 * @throws CliError base_url_invalid
 */
export function readBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "";
  if (!isOrigin || url.pathname.replace(/\/+$/, "") !== "") {
    throw new CliError("base_url_invalid", `"${text}" is no gateway's address.`, {
      next: "give its origin, such as https://pay.example.my or http://127.0.0.1:8080",
      exitCode: exitCodes.usage,
    });
  }
  return url.origin;
}

/** True when what is sent there does not leave this machine. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
