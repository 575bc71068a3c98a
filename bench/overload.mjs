// What becomes of a gateway that is asked for several times more than it can do: how much of its best it still does, whether
// the exchange's messages and buyers' pages are answered, how everybody else is refused, and how soon it is over.
//
// Its best and the overload are measured in turns, so that whatever else this machine does hits both alike.
//
//   npm run bench:overload [-- times seconds rounds]
import { fork } from "node:child_process";
import { once } from "node:events";
import { arch, cpus, loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { atPace, makeMessage, send } from "./bank-messages.mjs";
import { processorTimeS, startGateway } from "./programs.mjs";

const [times = 5, seconds = 10, rounds = 3] = process.argv.slice(2, 5).map(Number);
/** Connections on which the best is sought; more of them only make a longer queue. */
const ladder = [16, 32, 64, 128];
const manyConnections = 1_000;
const [messagesPerS, pagesPerS] = [30, 10];
const mostRecoveryMs = 60_000;
/** Of the calls of the shops. */
const shareOfCreates = 0.8;
const unlimited = "1000000";
/**
 * Aims: goodput as a share of the best, messages and pages answered, and the time back to normal. Goodput
 * is new payments, since lists and reads are refused before those.
 */
const aims = { goodput: 0.9, answered: 0.999, recoveryS: 10 };

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const quantile = (numbers, share) =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
const percent = (share) => `${(share * 100).toFixed(2)}%`;

/** @param gateway whose processor time is noted */
async function startCallers(gateway) {
  const child = fork(new URL("overload-callers.mjs", import.meta.url).pathname);
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
async function findBest(callers, target) {
  await callers.call({ ...target, connections: 32, seconds: 4 });
  const found = [];
  for (const connections of ladder) {
    const { goodput, busy } = await callers.call({ ...target, connections, seconds: 4 });
    const callUs = Math.round((busy / goodput) * 1e6);
    console.log(
      `  ${connections} connections: ${Math.round(goodput)} new payments a second, ${callUs} µs of processor time each`,
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

function tellAnswers(what, answers, isGood) {
  const good = answers.filter(isGood);
  const took = answers.map(({ tookMs }) => tookMs);
  const share = good.length / answers.length;
  console.log(
    `| ${what} | ${percent(share)} of ${answers.length}; p50 ${Math.round(median(took))} ms, p99 ${Math.round(quantile(took, 0.99))} ms | ≥ ${percent(aims.answered)} |`,
  );
  for (const { status, text } of answers.filter((each) => !isGood(each)).slice(0, 3))
    console.log(`  ${status} ${text.slice(0, 200)}`);
  return share >= aims.answered;
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
  return Number.POSITIVE_INFINITY;
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
 * soon it is over. The exchange and buyers come all the while.
 */
async function turn(gateway, callers, target, connections, normalMs, messages) {
  const quiet = bankAndBuyers(messages);
  const best = await callers.call({ ...target, connections, seconds: Math.max(3, seconds / 2) });
  await quiet();
  console.log(`  best: ${Math.round(best.goodput)} a second, p99 ${best.latency.p99} ms, busy ${percent(best.busy)}`);
  const stop = bankAndBuyers(messages);
  const crowds = [];
  for (const rate of [Math.round((best.goodput * times) / shareOfCreates), undefined]) {
    const crowd = await callers.call({ ...target, connections: manyConnections, seconds, rate });
    crowds.push(crowd);
    const meant = rate === undefined ? "again at once" : `${rate} a second`;
    const answered = Math.round(sum(Object.values(crowd.statuses)) / crowd.seconds);
    const { p50, p99 } = crowd.latency;
    const figures = `good ${Math.round(crowd.goodput)} (${(crowd.goodput / best.goodput).toFixed(2)}), p50 ${p50} ms, p99 ${p99} ms`;
    console.log(
      `  ${meant}: ${answered} answered, ${figures}, busy ${percent(crowd.busy)}, ${JSON.stringify(crowd.statuses)}`,
    );
  }
  const recoveryS = await recover(gateway, normalMs);
  return { shares: crowds.map(({ goodput }) => goodput / best.goodput), crowds, recoveryS, answers: await stop() };
}

function tell(turns) {
  console.log("\n| what | measured | aim |\n|---|---|---|");
  const [share, insistent] = [0, 1].map((which) => median(turns.map(({ shares }) => shares[which])));
  console.log(`| goodput, of the best, at ${times} times that | ${share.toFixed(2)} | ≥ ${aims.goodput} |`);
  console.log(`| the same, when all ask again at once | ${insistent.toFixed(2)} | ≥ ${aims.goodput} |`);
  const all = (name) => turns.flatMap(({ answers }) => answers[name]);
  const isOk = ({ status, text }) => status === 200 && text === "OK";
  const isTold = tellAnswers("messages of the exchange answered OK", all("messages"), isOk);
  const isShown = tellAnswers("checkout pages shown", all("pages"), ({ status }) => status === 200);
  const broken = turns
    .flatMap(({ crowds }) => crowds.flatMap(({ faults }) => Object.entries(faults)))
    .map(([fault, count]) => `${count} × ${fault}`);
  const lost = sum(turns.flatMap(({ crowds }) => crowds.map(({ errors, timeouts }) => errors + timeouts)));
  console.log(`| refusals that break the contract | ${broken.join("; ") || 0} | 0 |`);
  console.log(`| calls without an answer | ${lost} | 0 |`);
  const recoveryS = Math.max(...turns.map((each) => each.recoveryS));
  console.log(`| back to normal after | ${recoveryS.toFixed(1)} s | ≤ ${aims.recoveryS} s |`);
  const isCalm = broken.length === 0 && lost === 0 && recoveryS <= aims.recoveryS;
  return share >= aims.goodput && insistent >= aims.goodput && isTold && isShown && isCalm;
}

async function main() {
  const load = loadavg()
    .map((each) => each.toFixed(1))
    .join(" ");
  console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, ${arch()}, Node ${process.version}, load ${load}`);
  // What is to be seen is how too much work is shed, and not how one key is kept to its limit.
  const limits = {
    KINETICPAY_KEY_RATE: unlimited,
    KINETICPAY_KEY_BURST: unlimited,
    KINETICPAY_KEY_CONCURRENCY: "100000",
  };
  const gateway = await startGateway(limits);
  const callers = await startCallers(gateway);
  try {
    const count = messagesPerS * seconds;
    console.log(`${count} messages of the exchange are made`);
    const messages = [];
    for (let i = 0; i < count; i += 1) messages.push(await makeMessage(gateway, `B${process.pid}-${i}`));
    const target = { url: gateway.url, key: gateway.key, payments: messages.map(({ payment }) => payment) };
    const normalMs = await normalTime(gateway);
    console.log("its best is sought");
    const connections = await findBest(callers, target);
    console.log(`${rounds} turns of ${times} times its best, on ${manyConnections} connections for ${seconds} s`);
    const turns = [];
    for (let round = 0; round < rounds; round += 1)
      turns.push(await turn(gateway, callers, target, connections, normalMs, messages));
    process.exitCode = tell(turns) ? 0 : 1;
  } finally {
    callers.stop();
    await gateway.stop();
  }
}

await main();
