import { type Setting, settings } from "@kineticpay/server/settings";

/** No setting accepts this, save one that accepts every text. */
const impossible = "\u0000";

/** What a setting takes, in the words with which it refuses anything else. */
function accepted(setting: Setting<unknown>): string {
  try {
    setting.read(impossible);
    return "text";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function fallback(setting: Setting<unknown>): string {
  const value = setting.fallback;
  const text = Array.isArray(value) ? value.join(",") : String(value ?? "");
  return text === "" ? "" : `\`${text}\``;
}

const heading = `# Settings

Every setting of the gateway, read from the environment when it starts. A name that begins with \`KINETICPAY_\` and is not
in this table is refused, save those that the command line and the client read; all faults are told at once. \`DATABASE_URL_FILE\`, \`DATABASE_OWNER_URL_FILE\` and
\`REDIS_URL_FILE\` may name files that hold what the names before \`_FILE\` would, so that a password shows in no list of
processes. An empty value counts as unset.

This page is made from \`packages/server/src/settings.ts\` by \`npm run docs\`.

| Name | Takes | When unset | What it is for |
|---|---|---|---|
`;

/** The page of settings, from their one list. */
export function settingsPage(list: readonly Setting<unknown>[] = Object.values(settings)): string {
  const rows = list.map((setting) => {
    const cells = [`\`${setting.name}\``, accepted(setting), fallback(setting), setting.summary];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return `${heading}${rows.join("\n")}\n`;
}
