import path from "node:path";

/** What the environment says to the command. Read once, by `main.ts`. */
export interface Settings {
  readonly apiKey: string | undefined;
  readonly baseUrl: string | undefined;
  readonly profile: string | undefined;
  /** What a shop verifies webhooks with. */
  readonly webhookSecret: string | undefined;
  /** The folder of the sandbox's data, where it is not `data` in this folder or one above. */
  readonly dataDirectory: string | undefined;
  /** Where profiles are kept. */
  readonly configDirectory: string;
  /** Where `listen` keeps its secret and what it has forwarded. */
  readonly stateDirectory: string;
  /** `never` and `always` are what somebody asked for; `auto` is for terminals alone. */
  readonly colour: "auto" | "always" | "never";
  /** How this command is typed here: npx runs what is in a checkout, where nothing else finds it. */
  readonly typedAs: string;
  /** All of it, for programs that are started from here. */
  readonly environment: Readonly<NodeJS.ProcessEnv>;
}

function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}

/** NO_COLOR wins over FORCE_COLOR: who wants none has a reason. See https://no-color.org. */
function colourOf(environment: NodeJS.ProcessEnv): Settings["colour"] {
  if (environment["NO_COLOR"] !== undefined && environment["NO_COLOR"] !== "") return "never";
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return forced === "0" || forced === "false" ? "never" : "always";
  return environment["TERM"] === "dumb" ? "never" : "auto";
}

/** Reads the environment. Folders are those of the XDG base directory specification. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? ".";
  const folder = (name: string, fallback: string) =>
    path.join(filled(environment[name]) ?? path.join(home, fallback), "kineticpay");
  return {
    apiKey: filled(environment["KINETICPAY_API_KEY"]),
    baseUrl: filled(environment["KINETICPAY_BASE_URL"]),
    profile: filled(environment["KINETICPAY_PROFILE"]),
    webhookSecret: filled(environment["KINETICPAY_WEBHOOK_SECRET"]),
    dataDirectory: filled(environment["KINETICPAY_DATA_DIR"]),
    configDirectory: folder("XDG_CONFIG_HOME", ".config"),
    stateDirectory: folder("XDG_STATE_HOME", path.join(".local", "state")),
    colour: colourOf(environment),
    typedAs: environment["npm_command"] === "exec" ? "npx kineticpay" : "kineticpay",
    environment,
  };
}
