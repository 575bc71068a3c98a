import { CliError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { nearest } from "../nearest.ts";
import { readBaseUrl } from "./base-url.ts";
import { type Profile, type Profiles, readProfiles } from "./profile-file.ts";
import { findSandbox, type Sandbox } from "./sandbox-file.ts";

/** The gateway to call, the key to call it with, and where both are from. */
export interface Access {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** For people, such as `profile "shop"`. */
  readonly source: string;
  /** Under which what is remembered of this gateway is kept. */
  readonly name: string;
  /** The local sandbox, when that is the gateway to call. */
  readonly sandbox: Sandbox | undefined;
}

const defaultBaseUrl = "http://127.0.0.1:8080";

function profileNamed(name: string, { profiles }: Profiles): Profile {
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (found !== undefined) return found;
  const near = nearest(name, Object.keys(profiles));
  throw new CliError("profile_unknown", `There is no profile "${name}".${near ? ` Did you mean "${near}"?` : ""}`, {
    next: "kineticpay profiles list",
    exitCode: exitCodes.usage,
  });
}

function noKey(baseUrl: string | undefined): CliError {
  const where = baseUrl === undefined ? "" : ` for ${baseUrl}`;
  return new CliError(
    "key_missing",
    `There is no key${where}: no profile, no KINETICPAY_API_KEY, no data/sandbox.json.`,
    {
      details: [
        "A key belongs to one gateway: the sandbox's is not sent to an address from elsewhere.",
        "In a script: KINETICPAY_API_KEY=… KINETICPAY_BASE_URL=https://… kineticpay …",
      ],
      next: "kineticpay dev, for a local sandbox with a key; or kineticpay profiles add --help",
      exitCode: exitCodes.refused,
    },
  );
}

/** A key that somebody handed over for this one call. */
async function handedOver(context: Context): Promise<{ key: string; from: string } | undefined> {
  if (context.keyOnInput) {
    const key = (await context.readInput()).trim();
    if (key === "") throw new CliError("key_missing", "Standard input held no key.", { exitCode: exitCodes.refused });
    return { key, from: "standard input" };
  }
  const { apiKey } = context.settings;
  return apiKey === undefined ? undefined : { key: apiKey, from: "KINETICPAY_API_KEY" };
}

/** The gateway and key of a profile. A key that was kept for one address is not sent to another. */
async function ofProfile(context: Context, name: string, profiles: Profiles): Promise<Omit<Access, "sandbox">> {
  const profile = profileNamed(name, profiles);
  const baseUrl = context.baseUrl === undefined ? profile.base_url : readBaseUrl(context.baseUrl);
  const source = `profile "${name}"`;
  if (context.keyOnInput) return { baseUrl, apiKey: (await handedOver(context))?.key ?? "", source, name };
  if (baseUrl !== profile.base_url) {
    throw new CliError(
      "base_url_conflict",
      `The key of profile "${name}" is for ${profile.base_url}, not for ${baseUrl}.`,
      {
        next: `leave out --base-url, or: kineticpay profiles add ${name} --base-url ${baseUrl}`,
        exitCode: exitCodes.usage,
      },
    );
  }
  return { baseUrl, apiKey: profile.api_key, source, name };
}

async function chosen(context: Context, sandbox: Sandbox | undefined): Promise<Omit<Access, "sandbox">> {
  const { settings } = context;
  if (context.profile !== undefined) return ofProfile(context, context.profile, await readProfiles(settings));
  const typedUrl = context.baseUrl ?? settings.baseUrl;
  const baseUrl = typedUrl === undefined ? undefined : readBaseUrl(typedUrl);
  const handed = await handedOver(context);
  if (handed !== undefined) {
    const url = baseUrl ?? sandbox?.baseUrl ?? defaultBaseUrl;
    // The sandbox's own key is the sandbox, whichever way it comes: what is remembered of it is the same.
    const isSandbox = sandbox?.baseUrl === url && sandbox.apiKey === handed.key;
    return { baseUrl: url, apiKey: handed.key, source: handed.from, name: isSandbox ? "sandbox" : "environment" };
  }
  if (settings.profile !== undefined) return ofProfile(context, settings.profile, await readProfiles(settings));
  if (sandbox !== undefined && (baseUrl === undefined || baseUrl === sandbox.baseUrl)) {
    return { baseUrl: sandbox.baseUrl, apiKey: sandbox.apiKey, source: sandbox.file, name: "sandbox" };
  }
  const profiles = await readProfiles(settings);
  if (baseUrl === undefined && profiles.default !== null) return ofProfile(context, profiles.default, profiles);
  throw noKey(baseUrl);
}

/**
 * Finds out which gateway to call and with which key. A flag comes before the environment, the local sandbox before the
 * default profile. An address is never combined with a key that was kept for another.
 * @throws CliError key_missing, profile_unknown, base_url_invalid, base_url_conflict, and what reading the files throws
 */
export async function findAccess(context: Context): Promise<Access> {
  const sandbox = await findSandbox(context.folder, context.settings.dataDirectory);
  const found = await chosen(context, sandbox);
  return { ...found, sandbox: sandbox?.baseUrl === found.baseUrl ? sandbox : undefined };
}

/**
 * The local sandbox, with its bank simulator.
 * @throws CliError sandbox_only when the gateway to call is another, or its simulator is not known
 */
export function requireSandbox(access: Access, what: string): Sandbox {
  if (access.sandbox !== undefined) return access.sandbox;
  throw new CliError(
    "sandbox_only",
    `${what} works with a local sandbox, and ${access.baseUrl} is none that is known here.`,
    {
      next: "kineticpay dev, and then this command in the same folder, without a profile",
    },
  );
}
