import type pg from "pg";

/**
 * The address, for connections that become another role before anything else is said on them. A server that refuses
 * the role refuses the connection, so nothing can be run by mistake as who logged in.
 */
export function withRole(url: string, role: string): pg.ClientConfig {
  // The server takes the options apart at spaces, unless a backslash precedes them.
  const option = `-c role=${role.replace(/[\\ ]/g, "\\$&")}`;
  const given = /([?&]options=)([^&]*)/.exec(url);
  if (given === null) return { connectionString: url, options: option };
  // Options in the address outdo those beside it.
  const [whole, name = "", value = ""] = given;
  const both = encodeURIComponent(`${decodeURIComponent(value.replaceAll("+", " "))} ${option}`);
  return { connectionString: url.replace(whole, () => `${name}${both}`) };
}
