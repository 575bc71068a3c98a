import { homedir } from "node:os";
import { type Command, isOn, textOf } from "../command.ts";
import type { Context } from "../context.ts";
import type { Finding, Health, Patient } from "../doctor/check.ts";
import { examine } from "../doctor/examine.ts";
import { privateWords, redact } from "../doctor/redact.ts";
import { shareableReport } from "../doctor/report.ts";
import { exitCodes } from "../exit-codes.ts";
import { answer } from "../terminal/answer.ts";
import type { Colour } from "../terminal/paint.ts";
import { wrap } from "../terminal/wrap.ts";
import { readShopUrl } from "../webhooks/local-url.ts";

const marks: Readonly<Record<Health, readonly [mark: string, colour: Colour]>> = {
  ok: ["✓", "green"],
  warning: ["!", "yellow"],
  fault: ["✗", "red"],
  skipped: ["-", "dim"],
};

function findingWords(context: Context, { check, health, detail, fix, code, requestId }: Finding): string {
  const { paint } = context.terminal;
  const [mark, colour] = marks[health];
  const more = [code, requestId].filter((each) => each !== undefined).join("  ");
  const indent = " ".repeat(13);
  const lines = [
    `${paint(colour, mark)} ${check.padEnd(10)} ${wrap(context.terminal.asTyped(detail), 110, indent).trimStart()}`,
  ];
  if (more !== "") lines.push(`${indent}${paint("dim", more)}`);
  if (fix !== undefined)
    lines.push(
      `${indent}${paint("bold", "Fix:")} ${wrap(context.terminal.asTyped(fix), 105, `${indent}     `).trimStart()}`,
    );
  return lines.join("\n");
}

/** Every finding; what was not looked at goes into one line. */
function allWords(context: Context, findings: readonly Finding[]): string {
  const skipped = findings.filter(({ health }) => health === "skipped").map(({ check }) => check);
  const lines = findings.filter(({ health }) => health !== "skipped").map((each) => findingWords(context, each));
  if (skipped.length > 0) {
    const text = `not looked at, because of what is wrong: ${skipped.join(", ")}`;
    lines.push(context.terminal.paint("dim", `- ${text}`));
  }
  return lines.join("\n");
}

function summaryWords(findings: readonly Finding[]): string {
  const count = (health: Health) => findings.filter((finding) => finding.health === health).length;
  const faults = count("fault");
  const warnings = count("warning");
  if (faults + warnings === 0) return "Nothing is wrong.";
  const parts = [
    ...(faults > 0 ? [`${faults} ${faults === 1 ? "fault" : "faults"}`] : []),
    ...(warnings > 0 ? [`${warnings} to look at`] : []),
  ];
  return `${parts.join(", ")}. To show it to somebody: kineticpay doctor --report`;
}

export const doctorCommand: Command = {
  name: "doctor",
  summary: "Find what is wrong between here and the gateway, with each fix",
  examples: ["kineticpay doctor", "kineticpay doctor --shop http://127.0.0.1:3000/webhooks --report > report.md"],
  about:
    "Looks at the profile, reach, TLS, clock, key, mode, API switch, allow-list, scopes, bank network, webhooks and signatures. Ends with 0 when nothing is at fault, with 3 otherwise. --report and --json leave out keys, secrets, names, hosts and addresses.",
  options: [
    { flags: "--shop <url>", summary: "send a shop one signed and one forged test event" },
    { flags: "--report", summary: "print a report in Markdown that can be shown to others" },
  ],
  async run({ context, options }) {
    const shop = textOf(options, "shop");
    const shopUrl = shop === undefined ? undefined : readShopUrl(shop, "kineticpay doctor");
    const patient: Patient = { context, shopUrl };
    const findings = await context.terminal.during("Examining", () => examine(patient));
    const words = privateWords(patient, homedir());
    if (isOn(options, "report") && !context.isJson) {
      context.terminal.print(shareableReport(findings, words));
    } else {
      const shown = findings.map(({ detail, fix, ...rest }) => {
        return { ...rest, detail: redact(detail, words), fix: fix === undefined ? null : redact(fix, words) };
      });
      answer(context, shown, () => allWords(context, findings));
    }
    context.terminal.say(summaryWords(findings));
    return findings.some(({ health }) => health === "fault") ? exitCodes.found : undefined;
  },
};
