import { readFileSync } from "node:fs";
import { editDistance } from "@kineticpay/contract/edit-distance";
import { type Setting, type Settings, settings } from "./settings.ts";

export type Mode = Settings["mode"];

/** The gateway's settings, checked whole. */
export type Config = Settings;

/** What merchants may aim at beside the public internet: a newcomer's shop runs on the same machine, a live one never need. */
export function privateTargetsOf(config: Pick<Config, "mode" | "privateTargets">): "on" | "off" | readonly string[] {
  return config.privateTargets ?? (config.mode === "sandbox" ? "on" : "off");
}

/** Every fault of the environment at once, so that an operator corrects them in one go. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The settings need correcting:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
    this.faults = faults;
  }
}

/** Of these the value may stand in a file named by NAME_FILE, so that it shows in no process list. */
const fromFile = new Set(["DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"]);

/** What the command line and the SDK read. Whoever has set these for a shop may start a gateway from the same terminal. */
const ofClients = new Set([
  "KINETICPAY_API_KEY",
  "KINETICPAY_BASE_URL",
  "KINETICPAY_MERCHANT_KEY",
  "KINETICPAY_PROFILE",
  "KINETICPAY_WEBHOOK_SECRET",
]);

function unknownNames(environment: NodeJS.ProcessEnv, known: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  for (const name of Object.keys(environment)) {
    if (!name.startsWith("KINETICPAY_") || known.has(name) || ofClients.has(name)) continue;
    const near = [...known].sort((a, b) => editDistance(name, a) - editDistance(name, b))[0];
    const hint = near !== undefined && editDistance(name, near) <= 4 ? ` Did you mean ${near}?` : "";
    faults.push(`${name} is not a setting.${hint}`);
  }
  return faults;
}

/** Live mode guesses nothing about who it is. */
function liveFaults(values: Settings): string[] {
  if (values.mode !== "live") return [];
  const needed = [
    "publicUrl",
    "masterKeyFile",
    "fpxExchangeId",
    "fpxSellerId",
    "fpxPrivateKeyFile",
    "fpxCertificatesDirectory",
    "fpxUrl",
  ] as const;
  const faults = needed
    .filter((key) => values[key] === undefined)
    .map((key) => `${settings[key].name} is required in live mode. ${settings[key].summary}`);
  if (values.crashAt !== undefined) faults.push("KINETICPAY_CRASH_AT is for tests, and refused in live mode.");
  if (values.publicUrl?.startsWith("http:")) faults.push("KINETICPAY_PUBLIC_URL must be https in live mode.");
  if (values.fpxUrl?.startsWith("http:")) faults.push("KINETICPAY_FPX_URL must be https in live mode.");
  return faults;
}

function contradictions(values: Settings): string[] {
  const faults: string[] = [];
  if (values.b2cMinimumSen > values.b2cMaximumSen)
    faults.push("KINETICPAY_B2C_MINIMUM is above KINETICPAY_B2C_MAXIMUM.");
  if (values.b2b1MinimumSen > values.b2b1MaximumSen)
    faults.push("KINETICPAY_B2B1_MINIMUM is above KINETICPAY_B2B1_MAXIMUM.");
  if (values.databaseOwnerUrl !== undefined && values.databaseUrl === undefined)
    faults.push("DATABASE_OWNER_URL is set without DATABASE_URL, as whose owner it would log in.");
  return faults;
}

/** The raw text of a setting; an empty one counts as unset, since that is how compose files leave things out. */
function rawValue(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const direct = environment[name];
  if (direct !== undefined && direct !== "") return direct;
  const file = fromFile.has(name) ? environment[`${name}_FILE`] : undefined;
  return file === undefined || file === "" ? undefined : readFileSync(file, "utf8").trim();
}

/**
 * Reads the environment; nothing else in the gateway does.
 * @throws ConfigError naming every bad, missing and unknown setting; never a value, which might be a secret
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const known = new Set(Object.values(settings).map((setting) => setting.name));
  const faults = unknownNames(environment, known);
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings) as [string, Setting<unknown>][]) {
    try {
      const raw = rawValue(environment, setting.name);
      values[key] = raw === undefined ? setting.fallback : setting.read(raw);
    } catch (error) {
      faults.push(`${setting.name} must be ${error instanceof Error ? error.message : String(error)}.`);
      values[key] = setting.fallback;
    }
  }
  faults.push(...liveFaults(values as Settings), ...contradictions(values as Settings));
  if (faults.length > 0) throw new ConfigError(faults);
  return values as Config;
}
