// The shops of `overload.mjs`, in a process of their own that gives way to every other: on one machine, callers that take
// the processor from the gateway would be measured as a weakness of the gateway. Told over IPC how hard to call; answers
// with what became of the calls.
import { getPriority, setPriority } from "node:os";
import autocannon from "autocannon";

setPriority(Math.min(19, getPriority() + 10));

/** Of the refusals, one in so many is looked at member by member. */
const lookAtEvery = 20;
const members = ["type", "message", "code", "status", "request_id", "doc_url", "retryable", "meta", "retry_after"];

/** What is wrong with a refusal; undefined when it is as the contract says. */
function faultOf(status, body, headers) {
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (status !== 429 && status !== 503) return `status ${status}`;
  const failure = JSON.parse(body);
  const missing = members.filter((name) => failure[name] === undefined);
  if (missing.length > 0) return `without ${missing.join(", ")}`;
  if (failure.status !== status || failure.retryable !== true) return "status or retryable is wrong";
  if (String(failure.retry_after) !== named["retry-after"]) return "Retry-After and retry_after differ";
  return named["x-request-id"] === failure.request_id ? undefined : "X-Request-Id and request_id differ";
}

let orders = 0;

/** What shops ask, in the order in which each connection goes through it: of ten calls eight create, one reads, one lists. */
function mix({ url, key, payments }, noteAnswer) {
  const onResponse = (kind) => (status, body, _context, headers) => noteAnswer(kind, status, body, headers);
  const headers = { authorization: `Bearer ${key}` };
  const create = {
    method: "POST",
    path: "/api/v2/payments",
    headers: { ...headers, "content-type": "application/json" },
    setupRequest: (request) => {
      orders += 1;
      const address = `${url}/health`;
      const body = { amount: 1250, invoice: `O${process.pid}-${orders}`, success_url: address, failure_url: address };
      return { ...request, body: JSON.stringify(body) };
    },
    onResponse: onResponse("create"),
  };
  const read = {
    method: "GET",
    headers,
    setupRequest: (request) => {
      orders += 1;
      return { ...request, path: `/api/v2/payments/${payments[orders % payments.length]}` };
    },
    onResponse: onResponse("read"),
  };
  const list = { method: "GET", path: "/api/v2/payments?limit=10", headers, onResponse: onResponse("list") };
  return [create, create, create, read, create, create, create, list, create, create];
}

/** Calls for so long, at a rate or as fast as the answers come. */
async function call(task) {
  const statuses = {};
  const faults = {};
  let refused = 0;
  const noteAnswer = (kind, status, body, headers) => {
    const name = `${kind} ${status}`;
    statuses[name] = (statuses[name] ?? 0) + 1;
    if (status === 200) return;
    refused += 1;
    if (refused % lookAtEvery !== 1 && (status === 429 || status === 503)) return;
    const fault = faultOf(status, body, headers);
    if (fault !== undefined) faults[fault] = (faults[fault] ?? 0) + 1;
  };
  const result = await autocannon({
    url: task.url,
    connections: task.connections,
    duration: task.seconds,
    timeout: 30,
    requests: mix(task, noteAnswer),
    ...(task.rate === undefined ? {} : { overallRate: task.rate }),
  });
  return {
    seconds: result.duration,
    statuses,
    faults,
    errors: result.errors,
    timeouts: result.timeouts,
    latency: { p50: result.latency.p50, p99: result.latency.p99 },
  };
}

process.on("message", async (task) => process.send(await call(task)));
process.once("disconnect", () => process.exit(0));
