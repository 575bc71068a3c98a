import { readBaseUrl } from "../access/base-url.ts";
import { keyHint, keyMode } from "../access/key-text.ts";
import { keepProfiles, profileFile, readProfiles } from "../access/profile-file.ts";
import { CliError, usageError } from "../cli-error.ts";
import { type Command, isOn } from "../command.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { answer } from "../terminal/answer.ts";

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

async function keyFor(context: Context): Promise<string> {
  const key = context.keyOnInput ? (await context.readInput()).trim() : context.settings.apiKey;
  if (key !== undefined && key !== "") return key;
  throw new CliError("key_missing", "No key came, on standard input or in KINETICPAY_API_KEY.", {
    next: "kineticpay profiles add shop --base-url https://… --api-key-stdin < key.txt",
    exitCode: exitCodes.refused,
  });
}

/** The key comes on standard input or in the environment; as an argument others could read it. */
export const profilesAddCommand: Command = {
  name: "profiles add",
  summary: "Keep a gateway's address and key under a name",
  examples: [
    "kineticpay profiles add shop --base-url https://pay.example.my --api-key-stdin < key.txt",
    "KINETICPAY_API_KEY=… kineticpay profiles add staging --base-url https://staging.example.my --default",
  ],
  about: "A profile of that name is replaced. The first one becomes the default.",
  words: [{ name: "<name>", summary: "letters, digits, dots, dashes; up to 40" }],
  options: [{ flags: "--default", summary: "take it when nothing else says which" }],
  async run({ context, words: [name = ""], options }) {
    if (!namePattern.test(name)) throw usageError(`"${name}" cannot be a profile's name.`, "kineticpay profiles add");
    const address = context.baseUrl ?? context.settings.baseUrl;
    if (address === undefined) throw usageError("--base-url is missing.", "kineticpay profiles add");
    const profile = { base_url: readBaseUrl(address), api_key: await keyFor(context) };
    const kept = await readProfiles(context.settings);
    const isDefault = isOn(options, "default") || kept.default === null || kept.default === name;
    await keepProfiles(context.settings, {
      default: isDefault ? name : kept.default,
      profiles: { ...kept.profiles, [name]: profile },
    });
    const shown = { name, base_url: profile.base_url, key: keyHint(profile.api_key), default: isDefault };
    answer(context, shown, () => `${name}  ${shown.base_url}  ${shown.key}${isDefault ? "  default" : ""}`);
    const mode = keyMode(profile.api_key);
    context.terminal.say(
      `Kept in ${profileFile(context.settings)}${mode === "live" ? "; this key is for real money" : ""}.`,
    );
    context.terminal.say(`Next: kineticpay doctor --profile ${name}`);
    return undefined;
  },
};
