// What memory the gateway's process holds, its database being another's: at rest, after many payments, and with a thousand
// callers who send a byte a second.
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { median } from "./figures.mjs";
import { createRequest, flood, jsonHeaders, unlimitedKey } from "./http-load.mjs";
import { openPostgres } from "./make-books.mjs";
import { memoryMb, startGateway } from "./programs.mjs";

const connections = 64;
const slowConnections = 1_000;

/** The median of what is held for a while. */
async function heldFor(gateway, seconds) {
  const samples = [];
  for (let i = 0; i < seconds * 4; i += 1) {
    samples.push(await memoryMb(gateway.pid));
    await pause(250);
  }
  return median(samples);
}

/** Calls that come a byte a second; whoever is cut off comes again. Returns what ends it, and how many were cut off. */
async function callSlowly(gateway) {
  const { hostname, port } = new URL(gateway.url);
  const head = Object.entries(jsonHeaders(gateway)).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `POST /api/v2/payments HTTP/1.1\r\nhost: ${hostname}\r\n${head.join("")}content-length: 100\r\n\r\n`;
  const open = new Map();
  let isOver = false;
  let cut = 0;
  const begin = () =>
    new Promise((resolve) => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        cut += 1;
        if (!isOver) void begin();
      });
      socket.resume();
      socket.once("connect", () => resolve(void open.set(socket, 0)));
    });
  for (let i = 0; i < slowConnections; i += 50) await Promise.all(Array.from({ length: 50 }, begin));
  const timer = setInterval(() => {
    for (const [socket, sent] of open) {
      socket.write(text[sent % text.length]);
      open.set(socket, sent + 1);
    }
  }, 1_000);
  return () => {
    isOver = true;
    clearInterval(timer);
    for (const socket of open.keys()) socket.destroy();
    return cut;
  };
}

const urlOf = ({ host, port, user, database }) =>
  `postgres://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;

export async function measure({ rounds, seconds, isQuick, long, say }) {
  const payments = isQuick ? 5_000 : long ? 1_000_000 : 200_000;
  const restS = isQuick ? 2 : 10;
  const postgres = await openPostgres();
  let gateway;
  try {
    const { owner, application } = postgres.logins;
    const settings = { ...unlimitedKey, DATABASE_URL: urlOf(application), DATABASE_OWNER_URL: urlOf(owner) };
    const idles = [];
    for (let round = 0; round < rounds; round += 1) {
      await gateway?.stop();
      gateway = await startGateway(settings);
      await pause(restS * 500);
      idles.push(await heldFor(gateway, seconds));
      say(`idle: ${idles.at(-1).toFixed(1)} MB`);
    }
    const idle = idles.at(-1);
    const stop = await callSlowly(gateway);
    await pause(restS * 1000);
    const slow = await heldFor(gateway, seconds);
    const cut = stop();
    say(`under slow connections: ${slow.toFixed(1)} MB; ${cut} were cut off meanwhile`);
    const rate = await flood(gateway.url, { connections, amount: payments, requests: [createRequest(gateway)] });
    const busy = await memoryMb(gateway.pid);
    await pause(restS * 1000);
    const after = await heldFor(gateway, seconds);
    say(`at the end of ${payments} payments: ${busy.toFixed(1)} MB, at rest: ${after.toFixed(1)} MB`);
    const remarks = [
      `${payments} payments over ${connections} connections, ${Math.round(rate)} a second; ${Math.round(busy)} MB while the last were made. Of the slow connections ${cut} were cut off by the gateway's limits, and came again.`,
    ];
    const found = {
      idle: idles.map((ours) => ({ ours })),
      after: [{ ours: after - idle }],
      slow: [{ ours: slow - idle }],
    };
    return { limits: unlimitedKey, remarks, rounds: found };
  } finally {
    await gateway?.stop();
    await postgres.close();
  }
}
