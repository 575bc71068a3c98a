import { keepProfiles, readProfiles } from "../access/profile-file.ts";
import { CliError } from "../cli-error.ts";
import type { Command } from "../command.ts";

export const profilesRemoveCommand: Command = {
  name: "profiles remove",
  summary: "Forget a profile and its key",
  examples: ["kineticpay profiles remove staging", "kineticpay profiles remove old-shop"],
  about: "The key itself goes on working at its gateway. Revoke it there if nobody is to use it any more.",
  words: [{ name: "<name>", summary: "a profile's name" }],
  async run({ context, words: [name = ""] }) {
    const kept = await readProfiles(context.settings);
    if (!Object.hasOwn(kept.profiles, name)) {
      throw new CliError("profile_unknown", `There is no profile "${name}".`, { next: "kineticpay profiles list" });
    }
    const { [name]: _removed, ...profiles } = kept.profiles;
    await keepProfiles(context.settings, { default: kept.default === name ? null : kept.default, profiles });
    context.terminal.say(`"${name}" is forgotten.`);
    return undefined;
  },
};
