/**
 * @typedef {object} SelfTime What a function used itself, without those that it called.
 * @property {string} name
 * @property {string} url of its file; empty for what is native or was made at run time
 * @property {number} line
 * @property {number} us
 */

/**
 * Self times of a part of a profile, without what was spent waiting.
 * @param {{ nodes: { id: number, callFrame: { functionName: string, url: string, lineNumber: number } }[], samples: number[],
 *   timeDeltas: number[], startTime: number }} profile as `--cpu-prof` writes it; its times are microseconds
 * @param {{ fromUs: number, toUs: number }} window on the profile's own clock
 * @returns {SelfTime[]}
 */
export function selfTimes({ nodes, samples, timeDeltas, startTime }, { fromUs, toUs }) {
  const usOf = new Map();
  let atUs = startTime;
  for (const [index, id] of samples.entries()) {
    atUs += timeDeltas[index];
    // A sample stands for the time up to the next one.
    const us = timeDeltas[index + 1] ?? 0;
    if (atUs >= fromUs && atUs < toUs) usOf.set(id, (usOf.get(id) ?? 0) + us);
  }
  return nodes
    .filter(({ id, callFrame }) => usOf.has(id) && callFrame.functionName !== "(idle)")
    .map(({ id, callFrame: { functionName, url, lineNumber } }) => ({
      name: functionName === "" ? "(anonymous)" : functionName,
      url,
      line: lineNumber + 1,
      us: usOf.get(id),
    }));
}

/** Families of packages that do one thing together. */
const families = [
  [/^(pg|pg-.*|postgres-.*|split2|pgpass)$/, "pg"],
  [/^(fastify|@fastify\/.*|find-my-way|avvio|reusify|fastq|toad-cache|process-warning|rfdc)$/, "fastify"],
  [/^(fast-json-stringify)$/, "fast-json-stringify"],
  [/^(ajv|ajv-.*|fast-uri)$/, "ajv"],
];

/** Parts of Node by the names of its files. */
const parts = [
  [/^node:(_http|internal\/http|http)/, "node: http"],
  [/^node:(internal\/streams|stream)/, "node: streams"],
  [/^node:(net|internal\/net|internal\/stream_base|internal\/js_stream)/, "node: sockets"],
  [/^node:(crypto|internal\/crypto)/, "node: crypto"],
  [/^node:(internal\/timers|timers)/, "node: timers"],
  [/^node:(internal\/process|internal\/async_hooks|async_hooks|diagnostics_channel)/, "node: ticks and promises"],
  [/^node:(events|buffer|internal\/buffer)/, "node: events and buffers"],
  [/^node:/, "node: the rest"],
];

/** Functions that are made at run time have no file; their makers name them so. */
const made = [
  [/^validate\d*$/, "ajv: the schemas' own functions"],
  [/^(anonymous\d+|serialize\w*)$/, "fast-json-stringify: the schemas' own functions"],
  [/^\(garbage collector\)$/, "garbage collection"],
  [/^\(program\)$/, "native code and the system (outside of JavaScript)"],
  [/^(writev|writeUtf8String|writeLatin1String|writeBuffer|shutdown|readStart)$/, "node: writing to sockets"],
  [/^(update|digest|oneShotDigest|Hash|Hmac|randomFillSync|randomBytes)$/, "node: crypto"],
];

/** What a function belongs to: a package, a room of ours, a part of Node. @param {SelfTime} time */
export function categoryOf({ name, url }) {
  const found = (list, text) => list.find(([pattern]) => pattern.test(text))?.[1];
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (dependency !== undefined) return found(families, dependency) ?? dependency;
  const [, ours, room] = /\/packages\/([^/]+)\/dist\/(?:([^/]+)\/)?/.exec(url) ?? [];
  if (ours !== undefined) return `ours: ${room === undefined ? ours : `${ours}/${room}`}`;
  if (url.startsWith("node:")) return found(parts, url) ?? "node: the rest";
  return found(made, name) ?? (url === "" ? "native functions" : "elsewhere");
}
