import { keepProfiles, readProfiles } from "../access/profile-file.ts";
import { CliError } from "../cli-error.ts";
import type { Command } from "../command.ts";

export const profilesUseCommand: Command = {
  name: "profiles use",
  summary: "Make a profile the default",
  examples: ["kineticpay profiles use shop", "kineticpay profiles use staging"],
  about: "A local sandbox in the folder, or one above, still comes before the default profile; --profile before both.",
  words: [{ name: "<name>", summary: "a profile's name" }],
  async run({ context, words: [name = ""] }) {
    const kept = await readProfiles(context.settings);
    if (!Object.hasOwn(kept.profiles, name)) {
      throw new CliError("profile_unknown", `There is no profile "${name}".`, { next: "kineticpay profiles list" });
    }
    await keepProfiles(context.settings, { ...kept, default: name });
    context.terminal.say(`"${name}" is the default now.`);
    return undefined;
  },
};
