import type { Command, Option } from "./command.ts";
import { globalOptions } from "./help.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** What may follow a beginning such as `payments list`: words, and what each option takes. */
interface Place {
  readonly path: string;
  readonly words: readonly (readonly [word: string, about: string])[];
  readonly choices: readonly (readonly [option: string, choices: readonly string[]])[];
}

function longOf({ flags }: Option): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

function placesOf(commands: readonly Command[]): Place[] {
  const shared = globalOptions.map((option) => [longOf(option), option.summary] as const);
  const groupNames = [
    ...new Set(commands.filter(({ name }) => name.includes(" ")).map(({ name }) => name.split(" ")[0] ?? "")),
  ];
  const leaves = commands.map((command): Place => {
    const options = command.options ?? [];
    const offered = (command.words ?? []).flatMap((word) => word.choices ?? []).map((word) => [word, ""] as const);
    return {
      path: command.name,
      words: [...offered, ...options.map((option) => [longOf(option), option.summary] as const), ...shared],
      choices: options.flatMap((option) =>
        option.choices === undefined ? [] : [[longOf(option), option.choices] as const],
      ),
    };
  });
  const inGroups = groupNames.map((group): Place => {
    const inside = commands.filter(({ name }) => name.startsWith(`${group} `));
    return {
      path: group,
      words: inside.map(({ name, summary }) => [name.slice(group.length + 1), summary]),
      choices: [],
    };
  });
  const alone = commands.filter(({ name }) => !name.includes(" "));
  const top = [
    ...alone.map(({ name, summary }) => [name, summary] as const),
    ...groupNames.map((name) => [name, ""] as const),
  ];
  return [{ path: "", words: [...top, ...shared], choices: [] }, ...inGroups, ...leaves];
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The branches of a `case` that both shells understand: which beginning leads where, and what may follow it. */
function branches(places: readonly Place[]): Record<"beginnings" | "words" | "values", string> {
  const beginnings = places
    .filter(({ path }) => path !== "")
    .map(({ path }) => `${quoted(path)}) place=${quoted(path)} ;;`);
  const words = places.map(
    (each) => `${quoted(each.path)}) offer=${quoted(each.words.map(([word]) => word).join(" "))} ;;`,
  );
  const values = places.flatMap(({ path, choices }) =>
    choices.map(([option, each]) => `${quoted(`${path} ${option}`)}) offer=${quoted(each.join(" "))} ;;`),
  );
  const lines = (list: readonly string[], indent: string) => list.map((line) => `${indent}${line}`).join("\n");
  return { beginnings: lines(beginnings, "      "), words: lines(words, "    "), values: lines(values, "    ") };
}

/** It asks no program where the line stands, so that completion is immediate. */
function bashScript(places: readonly Place[]): string {
  const { beginnings, words, values } = branches(places);
  return `# kineticpay completion for bash: source <(kineticpay completion bash)
_kineticpay() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" place="" offer="" i word
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "\${place:+$place }$word" in
${beginnings}
    esac
  done
  case "$place" in
${words}
  esac
  case "$place $before" in
${values}
  esac
  COMPREPLY=($(compgen -W "$offer" -- "$current"))
}
complete -o default -F _kineticpay kineticpay`;
}

function zshScript(places: readonly Place[]): string {
  const { beginnings, words, values } = branches(places);
  return `# kineticpay completion for zsh: source <(kineticpay completion zsh)
(( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
_kineticpay() {
  local place="" offer="" word
  local -i i
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    case "\${place:+$place }$word" in
${beginnings}
    esac
  done
  case "$place" in
${words}
  esac
  case "$place \${words[CURRENT-1]}" in
${values}
  esac
  compadd -- \${=offer}
}
compdef _kineticpay kineticpay`;
}

function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words, choices }) => {
    const parts = path === "" ? [] : path.split(" ");
    const condition =
      path === "" ? "__fish_use_subcommand" : parts.map((part) => `__fish_seen_subcommand_from ${part}`).join("; and ");
    const taking = new Map(choices);
    return words.map(([word, about]) => {
      const described = about === "" ? "" : ` -d ${quoted(about)}`;
      if (!word.startsWith("--")) return `complete -c kineticpay -f -n ${quoted(condition)} -a ${word}${described}`;
      const values = taking.get(word);
      const rest = values === undefined ? "" : ` -x -a ${quoted(values.join(" "))}`;
      return `complete -c kineticpay -n ${quoted(condition)} -l ${word.slice(2)}${described}${rest}`;
    });
  });
  return ["# kineticpay completion for fish: kineticpay completion fish | source", ...lines].join("\n");
}

/** The script that a shell sources. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const write = { bash: bashScript, zsh: zshScript, fish: fishScript };
  return write[shell](placesOf(commands));
}
