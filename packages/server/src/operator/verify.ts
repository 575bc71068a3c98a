import { readFile } from "node:fs/promises";
import type { ChainHead } from "../ledger/chain-head.ts";
import { type Report, verify } from "../verify/verify.ts";
import { concludeVerification } from "../verify/verify-when-due.ts";
import { type Command, OperatorError } from "./command.ts";
import { noWords, textOf } from "./words.ts";

function isHead(value: unknown): value is ChainHead {
  const head = value as Partial<ChainHead> | null;
  return (
    typeof head?.merchant_id === "string" &&
    Number.isSafeInteger(head.number) &&
    typeof head.hash === "string" &&
    /^[0-9a-f]{64}$/.test(head.hash)
  );
}

/** The heads of an earlier `verify --json`, or a list of heads by itself. */
async function readEarlierHeads(file: string): Promise<readonly ChainHead[]> {
  let found: unknown;
  try {
    found = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new OperatorError(
      `${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const heads: unknown = Array.isArray(found) ? found : (found as { heads?: unknown } | null)?.heads;
  if (Array.isArray(heads) && heads.length > 0 && heads.every(isHead)) return heads;
  throw new OperatorError(`${file} holds no heads; make it with: npm run --silent operator -- verify --json`);
}

function textOfReport(report: Report, id: string): string {
  const { counts, faults, faultCount, results, heads } = report;
  const number = (name: string) => (counts[name] ?? 0).toLocaleString("en");
  const amount = `${number("payments")} payments, ${number("ledger_transactions")} bookings with ${number("ledger_postings")} lines, ${number("events")} events`;
  const took = `${(report.durationMs / 1000).toFixed(1)} s`;
  const faulty = results.filter((result) => result.faultCount > 0);
  const told = faulty.flatMap((result) => [
    `${result.name}: ${result.faultCount} ${result.faultCount === 1 ? "fault" : "faults"}. ${result.promise}`,
    ...faults.filter((fault) => fault.check === result.name).map((fault) => `    ${fault.subject}  ${fault.detail}`),
    ...(result.faultCount > 100 ? [`    and ${result.faultCount - 100} more`] : []),
  ]);
  const verdict =
    faultCount === 0
      ? `All ${results.length} checks hold: ${amount} (${took}).`
      : `${faulty.length} of ${results.length} checks do NOT hold: ${faultCount} faults among ${amount} (${took}).`;
  const chains = heads.map((head) => `    ${head.merchant_id}  ${head.number}  ${head.hash}`);
  return [verdict, ...told, `Kept as ${id}. The newest seals, to be kept elsewhere as well:`, ...chains].join("\n");
}

export const verifyCommand: Command = {
  name: "verify",
  usage: "[--against FILE]",
  summary: "Prove every invariant on the live database; --against takes the --json of an earlier run, kept elsewhere",
  options: { against: { type: "string" } },
  run: async (office, words, options) => {
    noWords(words);
    const file = textOf(options, "against");
    const report = await verify(office, file === undefined ? {} : { heads: await readEarlierHeads(file) });
    const id = await concludeVerification(office, report);
    const json = {
      object: "verification",
      id,
      holds: report.faultCount === 0,
      started_at: report.startedAt.toISOString(),
      duration_ms: report.durationMs,
      counts: report.counts,
      fault_count: report.faultCount,
      faults: report.faults.map(({ paymentId, ...fault }) => ({ ...fault, payment: paymentId })),
      checks: report.results.map((result) => ({
        name: result.name,
        promise: result.promise,
        fault_count: result.faultCount,
        duration_ms: result.durationMs,
      })),
      heads: report.heads,
    };
    return { text: textOfReport(report, id), json, exitCode: report.faultCount === 0 ? 0 : 1 };
  },
};
