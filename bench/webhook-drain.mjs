// How fast webhooks that are due reach their receivers, against the same receiver fed by autocannon with the same bytes. They
// are planned by a gateway that only answers calls; then another, which only works in the background, is started on its folder.
import { once } from "node:events";
import { inTurns, median } from "./figures.mjs";
import { createOne, flood, jsonHeaders, unlimitedKey } from "./http-load.mjs";
import { makeFolder, memoryMb, removeFolder, startGateway, startHelper } from "./programs.mjs";

const endpoints = 100;
const sampleEveryMs = 25;
const withinMs = 120_000;

async function makeEndpoints(gateway, receiver) {
  for (let i = 0; i < endpoints; i += 1) {
    const body = JSON.stringify({ url: `${receiver.url}/hooks/${i}`, events: ["payment.created"] });
    const call = { method: "POST", headers: jsonHeaders(gateway), body };
    const answer = await fetch(`${gateway.url}/api/v2/webhook_endpoints`, call);
    if (!answer.ok) throw new Error(await answer.text());
  }
}

async function planned(folder, payments) {
  const gateway = await startGateway({ ...unlimitedKey, KINETICPAY_ROLE: "api" }, { folder });
  try {
    for (let i = 0; i < payments; i += 1) await createOne(gateway);
  } finally {
    await gateway.stop();
  }
}

/** Starts whoever sends them, and gives what the receiver saw and how much memory was held meanwhile. */
async function drain(folder, receiver, count) {
  receiver.send({ expect: count });
  const arriving = once(receiver.child, "message", { signal: AbortSignal.timeout(withinMs) });
  const gateway = await startGateway({ ...unlimitedKey, KINETICPAY_ROLE: "worker" }, { folder });
  const samples = [];
  const sampling = setInterval(async () => {
    const mb = await memoryMb(gateway.pid).catch(() => undefined);
    if (mb !== undefined) samples.push({ at: Date.now(), mb });
  }, sampleEveryMs);
  try {
    const [{ arrivedAt, sample, mostOpen }] = await arriving;
    const rate = (count - 1) / ((arrivedAt.at(-1) - arrivedAt[0]) / 1000);
    /** What was held while each sixth arrived. */
    const held = Array.from({ length: 6 }, (_, sixth) => {
      const [from, to] = [sixth, sixth + 1].map((each) => arrivedAt[Math.floor(((count - 1) * each) / 6)]);
      const inside = samples.filter(({ at }) => at >= from && at <= to).map(({ mb }) => mb);
      if (inside.length === 0) throw new Error("the memory was never looked at meanwhile");
      return median(inside);
    });
    return { rate, sample, mostOpen, held };
  } finally {
    clearInterval(sampling);
    await gateway.stop();
  }
}

async function openReceiver() {
  const child = startHelper("webhook-receiver.mjs");
  const [{ url }] = await once(child, "message");
  return { child, url, send: (task) => child.send(task), stop: () => child.disconnect() };
}

/** What the connection adds by itself. */
const ownHeaders = new Set(["connection", "content-length", "host", "transfer-encoding", "keep-alive"]);

async function feed(receiver, { sample, mostOpen }, seconds) {
  const headers = Object.fromEntries(Object.entries(sample.headers).filter(([name]) => !ownHeaders.has(name)));
  let sent = 0;
  const setupRequest = (call) => ({ ...call, path: `/hooks/${sent++ % endpoints}` });
  const requests = [{ method: "POST", headers, body: sample.body, setupRequest }];
  return flood(receiver.url, { connections: mostOpen, seconds, requests });
}

export async function measure({ rounds, seconds, isQuick, say }) {
  const count = isQuick ? 2_000 : 10_000;
  const folder = await makeFolder();
  const receiver = await openReceiver();
  try {
    const gateway = await startGateway({ ...unlimitedKey, KINETICPAY_ROLE: "api" }, { folder });
    await makeEndpoints(gateway, receiver).finally(() => gateway.stop());
    let seen;
    const drained = await inTurns({
      rounds,
      say,
      ours: async () => {
        await planned(folder, count / endpoints);
        seen = await drain(folder, receiver, count);
        return seen.rate;
      },
      theirs: () => feed(receiver, seen, seconds),
    });
    // V8 first looks for what can be given back after some ten thousand.
    await planned(folder, (6 * count) / endpoints);
    const { held } = await drain(folder, receiver, 6 * count);
    say(`MB in each sixth of ${6 * count}: ${held.map(Math.round).join(" ")}`);
    const remarks = [
      `${count} webhooks in each round, by a process that has just started, over ${seen.mostOpen} connections in the last. ` +
        `Of ${6 * count} at one go, each sixth held ${held.map(Math.round).join(", ")} MB in the middle.`,
    ];
    return { limits: unlimitedKey, remarks, rounds: { drain: drained, growth: [{ ours: held.at(-1) - held[0] }] } };
  } finally {
    receiver.stop();
    await removeFolder(folder);
  }
}
