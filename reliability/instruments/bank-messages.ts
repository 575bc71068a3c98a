import type { Instrument } from "../instrument.ts";
import { broken, counted, runAtLength } from "./tests-at-length.ts";

const server = "packages/server/src";
const slicesOfModel = 20;
const outage = `${server}/payments/exchange-outage.test.ts`;

export const bankAway: Instrument = {
  name: "bank-away",
  row: 10,
  hazard: "The bank network is silent for two hours, or answers nonsense for as long",
  promise: "What is not known is never guessed, and the network is asked no more often than it may be",
  target: "0 payments that end other than their bank decided; never more enquiries in a second than allowed",
  long: (run) => runAtLength(run, { tests: [outage], titles: "silence|nonsense", runs: 500 }),
  figure(findings) {
    const told = (kind: string) => {
      const of = (what: string) => counted(findings, `two hours of ${kind}: ${what}`);
      return `${of("payments")} payments through ${kind}: ${of("enquiries")} enquiries, ${of("busiestSecond")} in the busiest second (${of("ratePerS")} allowed), the last found ${of("foundAfterTroubleS")} s after its end`;
    };
    return `${told("silence")}; ${told("nonsense")}; ${broken(findings)}`;
  },
};

export const messagesLost: Instrument = {
  name: "messages-lost",
  row: 11,
  hazard: "Every message of the bank network is lost",
  promise: "The gateway asks, and finds out by itself; nothing expires of which it has not asked",
  target: "100% as their banks decided, within 2 minutes of when they knew",
  long: (run) => runAtLength(run, { tests: [outage], titles: "'calm'", runs: 1_000 }),
  figure: (findings) =>
    `${counted(findings, "two hours of calm: payments")} payments over two hours, no message: the slowest known ${counted(findings, "two hours of calm: foundAfterBankKnewS")} s after its bank knew; ${broken(findings)}`,
};

export const everyOrder: Instrument = {
  name: "every-order",
  row: 12,
  hazard: "Messages of the bank come late, in another order, or contradict each other",
  promise: "What is final stays final, and a contradiction reaches a person",
  target: "every order of up to 5 messages: 0 paid payments that fail",
  long: (run) => runAtLength(run, { tests: [`${server}/payments/decide.test.ts`] }),
  figure: (findings) =>
    `${counted(findings, "orders of messages about two attempts: orders")} orders of up to 5 messages about two attempts, ${broken(findings)}`,
};

export const paymentModel: Instrument = {
  name: "payment-model",
  row: 12,
  hazard: "Shops, buyers, banks and time do anything in any order, and at the same moment",
  promise: "The gateway does what its rules say, told a second time by an independent model",
  target: "20,000 sequences: 0 differences",
  slices: slicesOfModel,
  long: (run, slice) =>
    runAtLength(
      { ...run, seed: run.seed + 1_000 * slice },
      { tests: [`${server}/payments/payment-model.test.ts`], runs: 20_000 / slicesOfModel },
    ),
  figure: (findings) =>
    `${counted(findings, "payment model: sequences")} sequences, ${counted(findings, "payment model: commands")} commands and ${counted(findings, "payment model: race")} races, ${broken(findings, "differences")}`,
};

export const forgedMessages: Instrument = {
  name: "forged-messages",
  row: 21,
  hazard: "Somebody forges or alters a message of the bank network",
  promise: "It is not acknowledged, and changes nothing",
  target: "at least 5,000 variants: 0 accepted, 0 changes, 0 `OK`",
  long: (run) => runAtLength(run, { tests: [`${server}/http/forged-messages.test.ts`] }),
  figure: (findings) => `${counted(findings, "forged messages: total")} variants, ${broken(findings)}`,
};

export const otherSums: Instrument = {
  name: "other-sums",
  row: 22,
  hazard: "The bank network itself signs another amount or currency",
  promise: "Nothing is paid by it, and a person is told",
  target: "0 paid; an alarm and a case each time",
  long: (run) =>
    runAtLength(run, { tests: [`${server}/http/forged-messages.test.ts`], titles: "another sum or currency" }),
  figure: (findings) =>
    `${counted(findings, "other sums: messages")} signed messages about other sums and currencies in ${counted(findings, "other sums: ways")} ways, ${broken(findings)}`,
};
