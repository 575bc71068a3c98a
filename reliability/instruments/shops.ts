import type { Instrument } from "../instrument.ts";
import { broken, counted, runAtLength } from "./tests-at-length.ts";

const server = "packages/server/src";
const promises = `${server}/callbacks/promises.test.ts`;

export const everyEvent: Instrument = {
  name: "every-event",
  row: 14,
  hazard: "Receivers fail a third of all calls in every way, and who sends dies again and again",
  promise: "Every event arrives at every endpoint, whole, signed and under one id, the first try at once",
  target: "100% of events; 0 signatures that the independent library refuses; the first try within 1 s (p99)",
  long: (run) => runAtLength(run, { tests: [promises], titles: "brings every event|makes the first try", runs: 20 }),
  figure(findings) {
    const of = (what: string) => counted(findings, `every event: ${what}`);
    const first = (what: string) => counted(findings, `first try, in ms: ${what}`);
    return `${of("owed")} deliveries through ${of("died")} deaths: ${of("lost")} lost, ${of("badSignatures")} badly signed, ${of("altered")} altered, ${of("repeated")} sent again; first try of ${first("events")} p50 ${first("p50")} ms, p99 ${first("p99")} ms; ${broken(findings)}`;
  },
};

export const receiverAway: Instrument = {
  name: "receiver-away",
  row: 15,
  hazard: "A receiver answers nothing, or is down for two hours",
  promise: "Nobody else is delayed by it; then it is told everything, and not all at once",
  target: "100% at the next step of the schedule; at most 5 calls at once; the good ones told while the dead one hangs",
  long: (run) => runAtLength(run, { tests: [promises], titles: "a dead endpoint", runs: 10 }),
  figure(findings) {
    const beside = (what: string) => counted(findings, `beside a dead endpoint: ${what}`);
    const after = (what: string) => counted(findings, `after an outage: ${what}`);
    return `${beside("arrivedAtGood")} of ${beside("owedToGood")} calls to 99 good endpoints in ${beside("goodMs")} ms, while ${beside("openAtDead")} calls hung at the dead one; after two hours ${after("delivered")} of ${after("owed")} delivered, at most ${after("latestS")} s after their step, spread over ${after("spreadS")} s, ${after("mostAtOnce")} at once; ${broken(findings)}`;
  },
};

export const rotation: Instrument = {
  name: "rotation",
  row: 16,
  hazard: "The secret that signs webhooks is rolled in the middle of a stream",
  promise: "Holders of either secret can verify everything within the overlap, and afterwards of the new one alone",
  target: "0 that cannot be verified within the overlap; 100% refused with the old one after it",
  long: (run) => runAtLength(run, { tests: [promises], titles: "rolls a secret", runs: 20 }),
  figure(findings) {
    const of = (what: string) => counted(findings, `rotation: ${what}`);
    return `${of("rolls")} rolls, ${of("sent")} calls within overlaps and ${of("after")} after them; not verifiable with the old secret ${of("unverifiableWithOld")}, with the new ${of("unverifiableWithNew")}; accepted afterwards with the old ${of("acceptedWithOld")}, refused with the new ${of("refusedWithNew")}; ${broken(findings)}`;
  },
};

export const hostileTargets: Instrument = {
  name: "hostile-targets",
  row: 24,
  hazard: "A merchant aims a webhook or a callback at the operator's own network",
  promise: "No connection is made to an address that is not public, in whatever form it is written or resolved",
  target: "at least 120 forms: 0 connections at listeners on every private address, in a network of its own",
  long: (run) => runAtLength(run, { program: "reliability/ssrf-network.mjs" }),
  figure: (findings) =>
    `${counted(findings, "forms of addresses: refused")} forms refused without a connection, ${counted(findings, "forms of addresses: connectedWhenAllowed")} of them seen to connect where the operator allows it; ${broken(findings)}`,
};

export const forgedCallbacks: Instrument = {
  name: "forged-callbacks",
  row: 23,
  hazard: "Somebody tells a shop that it was paid",
  promise: "The checks that the guides print refuse it, and nothing genuine",
  target: "0 of 500 accepted, 0 genuine ones refused",
  long: (run) => runAtLength(run, { tests: ["acceptance/forged-callbacks.test.ts"] }),
  figure: (findings) =>
    `${counted(findings, "callbacks of the v2 API: forged")} of the v2 API and ${counted(findings, "callbacks of the wire protocol: forged")} of the KineticPay protocol, ${broken(findings)}`,
};
