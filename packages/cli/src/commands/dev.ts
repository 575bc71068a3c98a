import { type Command, isOn, type Options, textOf } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { runSandbox } from "../sandbox/run-sandbox.ts";
import { answerLine } from "../terminal/answer.ts";
import { wholeNumber } from "../whole-number.ts";

/** @throws CliError usage for what is no port */
function portOf(options: Options, name: string, flag: string): string | undefined {
  const text = textOf(options, name);
  if (text !== undefined) wholeNumber(text, 0, 65_535, flag, "kineticpay dev");
  return text;
}

export const devCommand: Command = {
  name: "dev",
  summary: "Run a sandbox here: gateway, bank simulator and checkout pages",
  examples: ["kineticpay dev", "kineticpay dev --fresh --port 9090"],
  about:
    "No money moves, and nothing leaves this machine. Its keys are kept in data/sandbox.json, where the other commands find them. Ends with Ctrl-C.",
  options: [
    { flags: "--fresh", summary: "begin with empty data; what the folder's sandbox held is removed" },
    { flags: "--port <number>", summary: "the gateway's port; 8080 unless told, 0 for any free one" },
    { flags: "--simulator-port <number>", summary: "the bank simulator's port; 8081 unless told, 0 for any free one" },
    { flags: "--data-dir <folder>", summary: 'where the sandbox keeps its data; "data" unless told' },
    { flags: "--verbose", summary: "show all that the gateway logs" },
  ],
  async run({ context, options }) {
    const { terminal } = context;
    const code = await runSandbox(
      context,
      {
        isFresh: isOn(options, "fresh"),
        isVerbose: isOn(options, "verbose"),
        port: portOf(options, "port", "--port"),
        simulatorPort: portOf(options, "simulatorPort", "--simulator-port"),
        dataDirectory: textOf(options, "dataDir"),
      },
      ({ baseUrl, simulatorUrl, file }) => {
        const ready = { base_url: baseUrl, simulator_url: simulatorUrl, sandbox_file: file };
        answerLine(context, { type: "ready", ...ready }, () =>
          [`Gateway         ${baseUrl}`, `Bank simulator  ${simulatorUrl}`, `Keys            ${file}`].join("\n"),
        );
        terminal.say(
          [
            "",
            "Ready; no real money moves. In another terminal, in this folder:",
            "  kineticpay trigger paid",
            "  kineticpay listen --forward-to http://127.0.0.1:3000/webhooks",
            "Ctrl-C ends it; the data stays.",
          ].join("\n"),
        );
      },
    );
    return code === 0 ? undefined : exitCodes.error;
  },
};
