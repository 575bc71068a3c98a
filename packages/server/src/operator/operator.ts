import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { databaseTime } from "../db/claim-mode.ts";
import { readMasterKey } from "../master-key.ts";
import { createKnownKeys } from "../merchants/known-keys.ts";
import { openDatabaseBeside, ownerOf } from "../open-database.ts";
import { followingClock } from "../seams/clock.ts";
import { createLog } from "../seams/log.ts";
import { systemRandom } from "../seams/random.ts";
import { createSeal } from "../seams/seal.ts";
import { type Command, type CommandAlone, OperatorError, type Printed, UsageError } from "./command.ts";
import { commands, commandsAlone } from "./index.ts";

const all: readonly (Command | CommandAlone)[] = [...commands, ...commandsAlone];

const help = [
  "Usage: npm run operator -- COMMAND [--json]",
  "",
  "  npm run operator -- cases list",
  '  npm run operator -- cases close cas_01… --by "Aminah" --note "Refunded by bank transfer"',
  "",
  ...all.map((command) => `  ${`${command.name} ${command.usage}`.trimEnd()}\n      ${command.summary}`),
  "",
  "Works on the database that the gateway's settings name, whether the gateway runs or not.",
].join("\n");

const longestInputBytes = 64 * 1024;

async function readInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > longestInputBytes) throw new OperatorError("Standard input holds more than any command takes.");
  }
  return text;
}

async function runCommand(command: Command | CommandAlone, line: readonly string[]): Promise<Printed> {
  const parsed = parseLine(command, line);
  const config = readConfig(process.env);
  if ("runAlone" in command) return command.runAlone(config, parsed.positionals, parsed.values);
  const log = createLog("error");
  const database = await openDatabaseBeside(config, log);
  try {
    const clock = followingClock();
    await clock.follow(() => databaseTime(database.db));
    const random = systemRandom();
    const seal = createSeal(await readMasterKey(config), random);
    const { logins } = database;
    const office = {
      logins,
      ...{ config, db: database.db, clock, random, seal, knownKeys: createKnownKeys() },
      ...(logins.owner === undefined ? {} : { asOwner: ownerOf(config, logins.owner) }),
    };
    return await command.run(office, parsed.positionals, parsed.values, readInput);
  } finally {
    await database.close();
  }
}

function parseLine(command: Command | CommandAlone, line: readonly string[]) {
  try {
    return parseArgs({ args: [...line], options: { ...command.options }, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** What is wrong with single values is more to the point than the sentence that counts them. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { fields } = error as Error & { fields?: readonly { message: string; expected: string }[] };
  if (fields === undefined || fields.length === 0) return error.message;
  return fields.map((fault) => `${fault.message} Expected: ${fault.expected}.`).join("\n");
}

function tell(error: unknown, command: Command | CommandAlone): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\nUsage: ${command.name} ${command.usage}\n`);
    return 64;
  }
  process.stderr.write(`${wordsOf(error)}\n`);
  return 1;
}

/** How many words call it. */
function lengthOf(command: Command | CommandAlone): number {
  return command.name.split(" ").length;
}

/**
 * The operator's program: data on standard output, talk on standard error.
 * @returns the exit code: 0 done, 1 not done or found wanting, 64 not understood
 */
export async function operate(args: readonly string[]): Promise<number> {
  const asJson = args.includes("--json");
  const line = args.filter((word) => word !== "--json");
  const command = all.find((each) => each.name === line.slice(0, lengthOf(each)).join(" "));
  if (command === undefined) {
    const wantsHelp = line.length === 0 || line.includes("--help");
    (wantsHelp ? process.stdout : process.stderr).write(
      `${wantsHelp ? "" : `Unknown command: ${line.join(" ")}\n\n`}${help}\n`,
    );
    return wantsHelp ? 0 : 64;
  }
  try {
    const printed = await runCommand(command, line.slice(lengthOf(command)));
    process.stdout.write(`${asJson ? JSON.stringify(printed.json, null, 2) : printed.text}\n`);
    return printed.exitCode ?? 0;
  } catch (error) {
    return tell(error, command);
  }
}
