// What becomes of a gateway that is asked for several times more than it can do: how much of its best it still does, whether
// the exchange's messages and buyers' pages are answered, how everybody else is refused, and how soon it is over.
//
// Its best and the overload are measured in turns, so that whatever else this machine does hits both alike.
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { atPace, makeMessage, send } from "./bank-messages.mjs";
import { quantile } from "./figures.mjs";
import { unlimitedKey } from "./http-load.mjs";
import { processorTimeS, startGateway, startHelper } from "./programs.mjs";

const times = 5;
/** Connections on which the best is sought; more of them only make a longer queue. */
const ladder = [16, 32, 64, 128];
const manyConnections = 1_000;
const [messagesPerS, pagesPerS] = [30, 10];
const mostRecoveryMs = 60_000;
/** Of the calls of the shops. */
const shareOfCreates = 0.8;
/** What is to be seen is how too much work is shed, and not how one key is kept to its limit. */
const limits = { ...unlimitedKey, KINETICPAY_KEY_CONCURRENCY: "100000" };

const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
const percent = (share) => `${(share * 100).toFixed(2)}%`;

/** @param gateway whose processor time is noted */
async function startCallers(gateway) {
  const child = startHelper("overload-callers.mjs");
  return {
    async call(task) {
      const usedS = await processorTimeS(gateway.pid);
      child.send(task);
      const [result] = await once(child, "message");
      const busy = ((await processorTimeS(gateway.pid)) - usedS) / result.seconds;
      return { ...result, busy, goodput: (result.statuses["create 200"] ?? 0) / result.seconds };
    },
    stop: () => child.disconnect(),
  };
}

/** The number of connections on which it serves most. */
async function findBest(callers, target, say) {
  await callers.call({ ...target, connections: 32, seconds: 4 });
  const found = [];
  for (const connections of ladder) {
    const { goodput, busy } = await callers.call({ ...target, connections, seconds: 4 });
    const callUs = Math.round((busy / goodput) * 1e6);
    say(
      `${connections} connections: ${Math.round(goodput)} new payments a second, ${callUs} µs of processor time each`,
    );
    found.push({ connections, goodput });
  }
  return found.toSorted((one, other) => other.goodput - one.goodput)[0].connections;
}

/** Sends every message in turn, and then all over again: the exchange repeats itself too. */
function bankAndBuyers(messages) {
  let [sent, opened] = [0, 0];
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const stopMessages = atPace(messagesPerS, () => {
    const { url, body } = messages[sent++ % messages.length];
    return send(url, { method: "POST", headers, body });
  });
  const stopPages = atPace(pagesPerS, () => send(messages[opened++ % messages.length].checkoutUrl));
  return async () => ({ messages: await stopMessages(), pages: await stopPages() });
}

/** How many of the answers were good, of how many; what was not good is shown. */
function answered(what, answers, isGood, say) {
  const took = answers.map(({ tookMs }) => tookMs);
  say(`${what}: p50 ${Math.round(quantile(took, 0.5))} ms, p99 ${Math.round(quantile(took, 0.99))} ms`);
  const bad = answers.filter((each) => !isGood(each));
  for (const { status, text } of bad.slice(0, 3)) say(`  ${status} ${text.slice(0, 200)}`);
  return { ours: answers.length - bad.length, theirs: answers.length };
}

/** Asks for what is refused first, a list, and for a new payment, until both are served for a second as quickly as before. */
async function recover(gateway, normalMs) {
  const began = performance.now();
  const headers = { authorization: `Bearer ${gateway.key}` };
  let since;
  for (let asked = 0; performance.now() - began < mostRecoveryMs; asked += 1) {
    const list = await send(`${gateway.url}/api/v2/payments?limit=10`, { headers });
    const body = JSON.stringify({
      amount: 1250,
      invoice: `R${process.pid}-${asked}`,
      success_url: gateway.url,
      failure_url: gateway.url,
    });
    const create = await send(`${gateway.url}/api/v2/payments`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    const isNormal = [list, create].every(({ status, tookMs }) => status === 200 && tookMs <= normalMs);
    since = isNormal ? (since ?? performance.now()) : undefined;
    if (since !== undefined && performance.now() - since >= 1_000) return (since - began) / 1_000;
    await pause(20);
  }
  return mostRecoveryMs / 1_000;
}

/** Served and refused without haste, a call takes so long at most. */
async function normalTime(gateway) {
  const took = [];
  for (let i = 0; i < 100; i += 1) {
    const headers = { authorization: `Bearer ${gateway.key}` };
    took.push((await send(`${gateway.url}/api/v2/payments?limit=10`, { headers })).tookMs);
  }
  return Math.max(50, quantile(took, 0.99) * 3);
}

/**
 * One turn: its best, then several times that at a rate, then everybody again as soon as there is an answer, and then how
 * soon it is over. The exchange and buyers come all the while. Goodput is new payments, since lists and reads are refused
 * before those.
 */
async function turn({ gateway, callers, target, connections, normalMs, messages, seconds, say }) {
  const quiet = bankAndBuyers(messages);
  const best = await callers.call({ ...target, connections, seconds: Math.max(3, seconds / 2) });
  await quiet();
  say(`best: ${Math.round(best.goodput)} a second, p99 ${best.latency.p99} ms, busy ${percent(best.busy)}`);
  const stop = bankAndBuyers(messages);
  const crowds = [];
  for (const rate of [Math.round((best.goodput * times) / shareOfCreates), undefined]) {
    const crowd = await callers.call({ ...target, connections: manyConnections, seconds, rate });
    crowds.push(crowd);
    const meant = rate === undefined ? "again at once" : `${rate} a second`;
    const total = Math.round(sum(Object.values(crowd.statuses)) / crowd.seconds);
    const { p50, p99 } = crowd.latency;
    const figures = `good ${Math.round(crowd.goodput)} (${(crowd.goodput / best.goodput).toFixed(2)}), p50 ${p50} ms, p99 ${p99} ms`;
    say(`${meant}: ${total} answered, ${figures}, busy ${percent(crowd.busy)}, ${JSON.stringify(crowd.statuses)}`);
  }
  const recoveryS = await recover(gateway, normalMs);
  const answers = await stop();
  const faults = crowds.flatMap((crowd) => Object.entries(crowd.faults));
  for (const [fault, count] of faults) say(`${count} refusals: ${fault}`);
  const unanswered = sum(crowds.map(({ errors, timeouts }) => errors + timeouts));
  const isOk = ({ status, text }) => status === 200 && text === "OK";
  const against = (index) => ({ ours: crowds[index].goodput, theirs: best.goodput });
  return {
    goodput: against(0),
    insistent: against(1),
    messages: answered("messages", answers.messages, isOk, say),
    pages: answered("pages", answers.pages, ({ status }) => status === 200, say),
    unanswered: { ours: unanswered + sum(faults.map(([, count]) => count)) },
    recovery: { ours: recoveryS },
  };
}

/** Those that may not happen once are added up, and of the waits the longest counts. */
function together(turns) {
  const of = (id) => turns.map((each) => each[id]);
  const share = (id) => [
    { ours: sum(of(id).map(({ ours }) => ours)), theirs: sum(of(id).map(({ theirs }) => theirs)) },
  ];
  return {
    goodput: of("goodput"),
    insistent: of("insistent"),
    messages: share("messages"),
    pages: share("pages"),
    unanswered: [{ ours: sum(of("unanswered").map(({ ours }) => ours)) }],
    recovery: [{ ours: Math.max(...of("recovery").map(({ ours }) => ours)) }],
  };
}

export async function measure({ isQuick, say }) {
  const [seconds, rounds] = isQuick ? [3, 1] : [10, 3];
  const gateway = await startGateway(limits);
  const callers = await startCallers(gateway);
  try {
    const messages = [];
    for (let i = 0; i < messagesPerS * seconds; i += 1)
      messages.push(await makeMessage(gateway, `B${process.pid}-${i}`));
    const target = { url: gateway.url, key: gateway.key, payments: messages.map(({ payment }) => payment) };
    const normalMs = await normalTime(gateway);
    const connections = await findBest(callers, target, say);
    const turns = [];
    const about = { gateway, callers, target, connections, normalMs, messages, seconds, say };
    for (let round = 0; round < rounds; round += 1) turns.push(await turn(about));
    const remarks = [
      `${rounds} turns on ${manyConnections} connections, ${seconds} s of each kind; its best was sought, and found on ${connections}.`,
    ];
    return { limits, remarks, rounds: together(turns) };
  } finally {
    callers.stop();
    await gateway.stop();
  }
}
