import { keyHint } from "../access/key-text.ts";
import { profileFile, readProfiles } from "../access/profile-file.ts";
import type { Command } from "../command.ts";
import { answer } from "../terminal/answer.ts";
import { columns } from "../terminal/table.ts";

export const profilesListCommand: Command = {
  name: "profiles list",
  summary: "Show the profiles, with the ends of their keys",
  examples: ["kineticpay profiles list", "kineticpay profiles list --fields name,base_url"],
  async run({ context }) {
    const { profiles, default: standard } = await readProfiles(context.settings);
    const rows = Object.entries(profiles).map(([name, { base_url, api_key }]) => {
      return { name, base_url, key: keyHint(api_key), default: name === standard };
    });
    if (rows.length === 0) {
      context.terminal.say(`No profiles in ${profileFile(context.settings)}. Next: kineticpay profiles add --help`);
    }
    if (rows.length > 0 || context.isJson) {
      answer(context, rows, () =>
        columns(rows.map((row) => [row.name, row.base_url, row.key, row.default ? "default" : ""])),
      );
    }
    return undefined;
  },
};
