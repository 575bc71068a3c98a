// Whether an object of another merchant can be told from one that does not exist, by the bytes or the time of the answer.
// For every operation of the v2 API that takes an id, for the wire protocol's status, and for keys: both kinds of call in
// random order, one at a time, on one connection.
//
//   npm run bench:enumeration [-- samples seed part-of-a-name]
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { crc32 } from "node:zlib";
import { median } from "./figures.mjs";
import { sayMachine } from "./machine.mjs";
import { startGateway } from "./programs.mjs";
import { chanceOf, rankSumP, shuffled } from "./rank-sum.mjs";

const [samples = 2_000, seed = Date.now() % 1_000_000] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4] ?? "";
const warmUp = 200;
const different = 40;
const unlimited = "1000000";
/** Alike: the medians lie within this, or chance explains the difference this well. */
const [mostApart, leastP] = [0.02, 0.01];

const chance = chanceOf(seed);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One call; nanoseconds from the first byte sent to the last received, and the answer. */
function call(origin, { method, path, headers = {}, body }) {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const length =
      body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const began = process.hrtime.bigint();
    const sent = request({ agent, hostname, port, method, path, headers: { ...headers, ...length } }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => {
        const tookNs = Number(process.hrtime.bigint() - began);
        resolve({
          tookNs,
          status: answer.statusCode,
          names: answer.rawHeaders.filter((_, i) => i % 2 === 0),
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const bearer = (key) => ({ authorization: `Bearer ${key}` });

async function ask(origin, key, method, path, body) {
  const answer = await call(origin, {
    method,
    path,
    headers: bearer(key),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text);
}

const times = (count, make) =>
  Array.from({ length: count }, (_, i) => i).reduce(
    async (made, i) => [...(await made), await make(i)],
    Promise.resolve([]),
  );
const letters = (count, alphabet) =>
  Array.from({ length: count }, () => alphabet[Math.floor(chance() * alphabet.length)]).join("");
/** An id that was never given out, as old as the given one. */
const neverMade = (id) => `${id.slice(0, 14)}${letters(16, "0123456789ABCDEFGHJKMNPQRSTVWXYZ")}`;

const order = (invoice) => ({
  amount: 1250,
  invoice,
  success_url: "https://shop.example/a",
  failure_url: "https://shop.example/b",
});

/** What another merchant has, by the noun in the path; and its invoices. */
async function settle(origin, other) {
  const ids = async (count, method, path, body) =>
    (await times(count, (i) => ask(origin, other, method, path, body(i)))).map(({ id }) => id);
  const invoices = Array.from({ length: different }, () => letters(12, "0123456789"));
  const objects = {
    payments: await ids(different, "POST", "/api/v2/payments", (i) => order(invoices[i])),
    collections: await ids(different, "POST", "/api/v2/collections", () => ({
      name: "Other",
      website: "https://other.example",
    })),
    api_keys: await ids(different, "POST", "/api/v2/api_keys", (i) => ({ name: `Other ${i}` })),
    faults: await ids(different, "POST", "/api/v2/sandbox/faults", () => ({
      code: "internal_error",
      route: "POST /payment/create",
    })),
  };
  const { data } = await ask(origin, other, "GET", `/api/v2/requests?limit=${different}`);
  return { objects: { ...objects, requests: data.map(({ id }) => id) }, invoices };
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A key of the right form that begins as another one does. */
function keyLike(beginning) {
  const body = beginning + letters(30 - beginning.length, base62);
  let [rest, check] = [crc32(body), ""];
  for (let i = 0; i < 6; i += 1) [rest, check] = [Math.floor(rest / 62), base62[rest % 62] + check];
  return `kp_test_${body}${check}`;
}

/** Every operation that takes an id, as the OpenAPI document lists them, with the bodies that it shows. */
async function operations({ objects }, key) {
  const document = JSON.parse(await readFile(new URL("../docs/openapi.json", import.meta.url), "utf8"));
  const found = Object.entries(document.paths).filter(([path]) => path.startsWith("/api/v2/") && path.includes("{id}"));
  // Banks belong to nobody.
  const owned = found.filter(([path]) => !path.startsWith("/api/v2/banks/"));
  return owned.flatMap(([path, methods]) => {
    const noun = path.split("/").findLast((_, i, steps) => steps[i + 1] === "{id}");
    if (objects[noun] === undefined) throw new Error(`${path}: nothing of the kind was made for another merchant`);
    return Object.entries(methods).map(([method, operation]) => {
      const example = operation.requestBody?.content["application/json"].example;
      const to = (id) => ({
        method: method.toUpperCase(),
        path: path.replace("{id}", id),
        headers: bearer(key),
        ...(example === undefined ? {} : { body: JSON.stringify(example) }),
      });
      return {
        name: `${method.toUpperCase()} ${path}`,
        foreign: objects[noun].map(to),
        missing: objects[noun].map((id) => to(neverMade(id))),
      };
    });
  });
}

/** What is named elsewhere than in the path. */
function others({ objects, invoices }, gateway) {
  const inBody = (path, name, ids, rest = {}) => {
    const to = (id) => ({
      method: "POST",
      path,
      headers: bearer(gateway.key),
      body: JSON.stringify({ ...rest, [name]: id }),
    });
    return { name: `POST ${path} (${name})`, foreign: ids.map(to), missing: ids.map((id) => to(neverMade(id))) };
  };
  const status = (method) => {
    const to = (invoice) => ({
      method,
      path: `/payment/status?merchant_key=${gateway.merchantKey}&invoice=${invoice}`,
    });
    return {
      name: `${method} /payment/status`,
      foreign: invoices.map(to),
      missing: invoices.map(() => to(letters(12, "0123456789"))),
    };
  };
  const knocks = Array.from({ length: different });
  const ping = (key) => ({ method: "GET", path: "/api/v2/ping", headers: bearer(key) });
  const wire = (key) => ({ method: "GET", path: `/payment/status?merchant_key=${key}&invoice=${invoices[0]}` });
  const near = (key) => () => keyLike(key.slice(8, 34));
  return [
    inBody("/api/v2/api_keys", "collection", objects.collections),
    inBody("/api/v2/sandbox/faults", "key", objects.api_keys, { code: "internal_error" }),
    status("GET"),
    status("POST"),
    {
      name: "API key: wrong tail or unknown",
      foreign: knocks.map(near(gateway.key)).map(ping),
      missing: knocks.map(() => ping(keyLike(""))),
    },
    {
      name: "merchant key: wrong tail or unknown",
      foreign: knocks.map(near(gateway.merchantKey)).map(wire),
      missing: knocks.map(() => wire(keyLike(""))),
    },
  ];
}

/** The answer without what was sent and what names the call. */
function plain(answer, sent) {
  const [path, body] = [sent.path.split("?")[0], sent.body ?? ""];
  const ids = [...`${path} ${body}`.matchAll(/\b[a-z]{3}_[0-9A-Z]{26}\b/g)].map(([id]) => id);
  const invoice = /invoice=(\w+)/.exec(sent.path)?.[1];
  const named = [...ids, ...(invoice === undefined ? [] : [invoice])];
  const text = named.reduce((rest, id) => rest.replaceAll(id, "(named)"), answer.text);
  return JSON.stringify([answer.status, answer.names, text.replace(/req_\w+/g, "req").replace(/kp_test_…\w+/g, "key")]);
}

/** Takes that many samples of either kind, in random order. */
async function sample(origin, { foreign, missing }, bodies, count) {
  const pick = (list) => list[Math.floor(chance() * list.length)];
  const took = { foreign: [], missing: [] };
  const kinds = shuffled([...Array(count).fill("foreign"), ...Array(count).fill("missing")], chance);
  for (const kind of kinds) {
    const sent = pick(kind === "foreign" ? foreign : missing);
    const answer = await call(origin, sent);
    bodies.add(plain(answer, sent));
    took[kind].push(answer.tookNs);
  }
  const [a, b] = [median(took.foreign), median(took.missing)];
  const p = rankSumP(took.foreign, took.missing);
  return { a, b, p, isAlike: Math.abs(a / b - 1) <= mostApart || p > leastP };
}

/** A real difference shows again; of so many rows, chance alone sets one apart now and then. */
async function compare(origin, each) {
  const bodies = new Set();
  await sample(origin, each, bodies, warmUp);
  let isAlike = false;
  for (const attempt of ["", " (again)"]) {
    const seen = await sample(origin, each, bodies, samples);
    isAlike = seen.isAlike;
    const us = (ns) => (ns / 1_000).toFixed(1);
    const bytes = bodies.size === 1 ? "same" : "DIFFERENT";
    const figures = [us(seen.a), us(seen.b), (seen.a / seen.b).toFixed(4), seen.p.toFixed(3)];
    console.log(`| ${[each.name + attempt, ...figures, bytes, isAlike ? "alike" : "APART"].join(" | ")} |`);
    if (isAlike) break;
  }
  if (bodies.size > 1) console.log([...bodies].slice(0, 3).join("\n"));
  return isAlike && bodies.size === 1;
}

async function main() {
  sayMachine();
  console.log(`seed ${seed}, ${samples} samples of each\n`);
  const gateway = await startGateway({
    KINETICPAY_ADDRESS_RATE: unlimited,
    KINETICPAY_ADDRESS_BURST: unlimited,
    KINETICPAY_KEY_RATE: unlimited,
    KINETICPAY_KEY_BURST: unlimited,
  });
  try {
    const other = await gateway.operate(
      "merchants",
      "create",
      "Other",
      "--website",
      "https://other.example",
      "--manage",
    );
    const theirs = await settle(gateway.url, other.api_key);
    await times(different, (i) => ask(gateway.url, gateway.key, "POST", "/api/v2/payments", order(`own-${i}`)));
    console.log(
      "| call | another's, µs | none, µs | ratio of medians | p | bytes | time |\n|---|---|---|---|---|---|---|",
    );
    const all = [...(await operations(theirs, gateway.key)), ...others(theirs, gateway)].filter(({ name }) =>
      name.includes(only),
    );
    const verdicts = [];
    for (const each of all) verdicts.push(await compare(gateway.url, each));
    const failed = verdicts.filter((each) => !each).length;
    console.log(`\n${all.length - failed} of ${all.length} tell nothing`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    await gateway.stop();
    agent.destroy();
  }
}

await main();
