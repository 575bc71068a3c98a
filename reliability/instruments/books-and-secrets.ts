import type { Instrument } from "../instrument.ts";
import { broken, counted, runAtLength } from "./tests-at-length.ts";

const server = "packages/server/src";

export const tampering: Instrument = {
  name: "tampering",
  row: 13,
  hazard: "Somebody to whom nothing is forbidden changes the books behind the gateway's back",
  promise: "The next proof finds it, and says which row",
  target: "100 of 100 found",
  long: (run) => runAtLength(run, { tests: [`${server}/verify/tampering.test.ts`] }),
  figure: (findings) =>
    `${counted(findings, "tampering: found")} of ${counted(findings, "tampering: rounds")} found; ${broken(findings)}`,
};

export const proof: Instrument = {
  name: "proof",
  row: 13,
  hazard: "The books drift from the payments without anybody noticing",
  promise: "Every sum and every link is proved anew on the running database, every hour",
  target: "a million lines: sums of 0, proved within 60 s, nobody kept waiting",
  long: (run) =>
    runAtLength(run, { tests: [`${server}/verify/verify.test.ts`], titles: "the books of", runs: 525_000 }),
  figure: (findings) =>
    `${counted(findings, "proof: payments")} payments with ${counted(findings, "proof: lines")} lines proved in ${counted(findings, "proof: ms")} ms; ${broken(findings)}`,
};

export const stolenKeys: Instrument = {
  name: "stolen-keys",
  row: 27,
  hazard: "A key is stolen, or the database is",
  promise: "No key stands in what is stored, and one that is shut out is so everywhere within a second",
  target:
    "0 secrets in any form; 0 uses later than 1 s after the acknowledgement, in 4 processes; 0 calls refused by a roll",
  long: (run) =>
    runAtLength(run, { tests: ["acceptance/several-processes.test.ts", `${server}/http/secrets.test.ts`] }),
  figure(findings) {
    const away = (what: string) => counted(findings, `access taken away: ${what}`);
    return `${counted(findings, "secrets: secrets")} secrets in ${counted(findings, "secrets: forms")} forms, 0 found; ${away("changes")} ways of shutting out: ${away("letIn")} of ${away("callsAfterASecond")} calls let in after a second; ${counted(findings, "key rolled: refused")} of ${counted(findings, "key rolled: calls")} refused while a key was rolled; ${broken(findings)}`;
  },
};

export const canaries: Instrument = {
  name: "canaries",
  row: 28,
  hazard: "Secrets end up where they do not belong",
  promise: "None is seen in log, database, events, request log or answers",
  target: "30 canaries down every path: 0 sightings",
  long: (run) => runAtLength(run, { tests: [`${server}/http/canaries.test.ts`] }),
  figure: (findings) =>
    `${counted(findings, "canaries: canaries")} canaries in ${counted(findings, "canaries: requests")} requests, ${broken(findings)}`,
};
