import { usageError } from "../cli-error.ts";
import type { Command } from "../command.ts";
import { completionScript, shells } from "../completion.ts";

export const completionCommand: Command = {
  name: "completion",
  summary: "Print what makes a shell complete this command's words",
  examples: ["source <(kineticpay completion bash)", "kineticpay completion fish | source"],
  about:
    "Put the line into your shell's own start file (~/.bashrc, ~/.zshrc, ~/.config/fish/config.fish) to have it always.",
  words: [{ name: "<shell>", summary: shells.join(", "), choices: shells }],
  async run({ context, words: [word] }) {
    const shell = shells.find((each) => each === word);
    if (shell === undefined)
      throw usageError(`There is completion for ${shells.join(", ")}; not for "${word}".`, "kineticpay completion");
    // Loaded now: the list of commands holds this one.
    const { commands } = await import("./index.ts");
    context.terminal.print(completionScript(shell, commands));
    return undefined;
  },
};
