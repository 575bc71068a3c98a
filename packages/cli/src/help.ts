import type { Command, Option } from "./command.ts";
import { columns } from "./terminal/table.ts";
import { wrap } from "./terminal/wrap.ts";

const guide = "docs/guides/command-line.md";
const textWidth = 96;

/** Options that every command takes. */
export const globalOptions: readonly Option[] = [
  { flags: "--profile <name>", summary: "the gateway and key of this profile" },
  { flags: "--base-url <url>", summary: "the gateway's address" },
  { flags: "--api-key-stdin", summary: "read the key from standard input" },
  { flags: "--json", summary: "print JSON; streams print one object a line" },
  { flags: "--fields <names>", summary: "only these members of the JSON, such as id,status" },
  { flags: "--no-color", summary: "no colours, as with NO_COLOR" },
  { flags: "-h, --help", summary: "show this" },
];

/** What the groups of commands are about. */
export const groups: Readonly<Record<string, string>> = {
  payments: "Ask for payments, and look after them",
  events: "See what happened, and have it sent again",
  logs: "Watch the calls that reach the gateway",
  profiles: "Keep gateways and keys under a name",
};

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  return [
    "",
    title,
    ...columns(rows)
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

function optionRow({ flags, summary, choices }: Option): string[] {
  return [flags, choices === undefined ? summary : `${summary}: ${choices.join(", ")}`];
}

function examplesOf(lines: readonly string[]): string[] {
  return ["Examples", ...lines.map((line) => `  $ ${line}`)];
}

/** The help of one command: examples come first, since that is what people look for. */
export function commandHelp(command: Command): string {
  const words = (command.words ?? []).map((word) => word.name);
  const usage = ["kineticpay", command.name, ...words, "[options]"].join(" ");
  return [
    command.summary,
    "",
    ...examplesOf(command.examples),
    "",
    "Usage",
    `  ${usage}`,
    ...(command.about === undefined ? [] : ["", wrap(command.about, textWidth)]),
    ...section(
      "Arguments",
      (command.words ?? []).map((word) => [word.name, word.summary]),
    ),
    ...section("Options", (command.options ?? []).map(optionRow)),
    ...section("Everywhere", globalOptions.map(optionRow)),
    "",
    `More: ${guide}`,
    "",
  ].join("\n");
}

/** The help of a group, such as `payments`. */
export function groupHelp(name: string, commands: readonly Command[]): string {
  const inside = commands.filter((command) => command.name.startsWith(`${name} `));
  return [
    groups[name] ?? name,
    "",
    ...examplesOf(inside.slice(0, 2).map((command) => command.examples[0])),
    ...section(
      "Commands",
      inside.map((command) => [command.name, command.summary]),
    ),
    "",
    `More: kineticpay ${inside[0]?.name ?? name} --help, and ${guide}`,
    "",
  ].join("\n");
}

/** The help of it all. */
export function programHelp(commands: readonly Command[]): string {
  return [
    "KineticPay at the terminal: a sandbox, payments, webhooks, and why something fails",
    "",
    ...examplesOf(["kineticpay dev", "kineticpay listen --forward-to http://127.0.0.1:3000/webhooks"]),
    "",
    "Usage",
    "  kineticpay COMMAND [options]",
    ...section(
      "Commands",
      commands.map((command) => [command.name, command.summary]),
    ),
    ...section("Everywhere", globalOptions.map(optionRow)),
    "",
    "The key comes from --profile, KINETICPAY_API_KEY, the local sandbox's data/sandbox.json, or the default",
    "profile, in this order. It is never an argument, where everybody on the machine could read it.",
    "",
    `More: kineticpay COMMAND --help, and ${guide}`,
    "",
  ].join("\n");
}
