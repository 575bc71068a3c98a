import { packageVersion } from "./version.ts";

interface Surroundings {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>>; readonly version?: string };
  readonly Bun?: { readonly version?: string };
  readonly Deno?: { readonly version?: { readonly deno?: string } };
  readonly navigator?: { readonly userAgent?: string };
  readonly window?: { readonly document?: unknown };
}

const surroundings = () => globalThis as Surroundings;

/** A setting of the environment, where there is one; undefined when it is empty, or may not be read. */
export function readSetting(name: "KINETICPAY_API_KEY" | "KINETICPAY_BASE_URL"): string | undefined {
  try {
    const value = surroundings().process?.env?.[name]?.trim();
    return value === "" ? undefined : value;
  } catch {
    // Deno asks for leave to read the environment, and may refuse.
    return undefined;
  }
}

/** True in a page of a browser, where a key would be everybody's. Workers have no page. */
export function isBrowser(): boolean {
  return surroundings().window?.document !== undefined;
}

/** Names this package and what runs it, for the gateway's log. */
export function userAgent(): string {
  const { Bun, Deno, process, navigator } = surroundings();
  const runtime =
    Bun?.version !== undefined
      ? `bun/${Bun.version}`
      : Deno?.version?.deno !== undefined
        ? `deno/${Deno.version.deno}`
        : navigator?.userAgent === "Cloudflare-Workers"
          ? "workers"
          : process?.version !== undefined
            ? `node/${process.version.replace(/^v/, "")}`
            : "other";
  return `kineticpay-js/${packageVersion} (${runtime})`;
}
