import type { Config } from "./config.ts";

/** The origin under which the world reaches this gateway. Every address that leaves it is built from this. */
export function publicUrlOf(config: Pick<Config, "publicUrl" | "host" | "port">): string {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const everywhere = config.host === "0.0.0.0" || config.host === "::" || config.host === "";
  const host = everywhere ? "127.0.0.1" : config.host.includes(":") ? `[${config.host}]` : config.host;
  return `http://${host}:${config.port}`;
}
