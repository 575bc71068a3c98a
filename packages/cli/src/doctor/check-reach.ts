import { isLoopback } from "../access/base-url.ts";
import { type Check, type Finding, fault, ok } from "./check.ts";

const timeoutMs = 10_000;

/** Node's words for what went wrong on the way, as what to do about it. */
const ways: Readonly<Record<string, readonly [detail: string, fix: string]>> = {
  ECONNREFUSED: ["nobody listens at", "start the gateway (kineticpay dev, for a local sandbox), or correct the port"],
  ENOTFOUND: ["there is no host of the name in", "correct the address; or this machine's DNS is wrong"],
  EAI_AGAIN: ["the name could not be looked up in", "this machine has no DNS now; check its connection"],
  ETIMEDOUT: ["no connection came about to", "a firewall drops it, or the host is down"],
  ECONNRESET: ["the connection was cut by", "http instead of https, or a proxy in between; check the address"],
  EHOSTUNREACH: ["there is no way to", "check this machine's network"],
};

function reachFault(error: unknown, baseUrl: string): Finding {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code: given, name, message } = cause as NodeJS.ErrnoException;
  const code = given ?? name;
  if (code === "TimeoutError") {
    return fault(
      "reach",
      `${baseUrl} did not answer within ${timeoutMs / 1000} s`,
      "check that the host is up and its firewall lets this machine in",
    );
  }
  if (/CERT|SSL|TLS|SELF_SIGNED|ISSUER|EPROTO/.test(code)) {
    return fault("reach", `${baseUrl} cannot be reached over TLS: ${code}`, "see the finding on TLS", { code });
  }
  const [what, fix] = ways[code] ?? [`${given ?? message} on the way to`, "check the address and the network"];
  return fault("reach", `${what} ${baseUrl}`, fix, { code });
}

/** That something answers at the address, that it is a KineticPay gateway, and that it is ready. */
export const checkReach: Check = {
  name: "reach",
  async look(patient) {
    if (patient.access === undefined) return undefined;
    const { baseUrl } = patient.access;
    const signal = AbortSignal.any([patient.context.signal, AbortSignal.timeout(timeoutMs)]);
    const askedMs = Date.now();
    try {
      const answer = await fetch(`${baseUrl}/ready`, { redirect: "manual", signal });
      const answeredMs = Date.now();
      const date = Date.parse(answer.headers.get("date") ?? "");
      if (!Number.isNaN(date)) patient.gatewayClock = { shownMs: date, askedMs, answeredMs };
      const { finding, isGateway } = await judge(baseUrl, answer, answeredMs - askedMs);
      // Whatever else answers there is shown no key.
      patient.isReached = isGateway;
      return finding;
    } catch (error) {
      if (patient.context.signal.aborted) throw error;
      return reachFault(error, baseUrl);
    }
  },
};

async function judge(
  baseUrl: string,
  answer: Response,
  tookMs: number,
): Promise<{ readonly finding: Finding; readonly isGateway: boolean }> {
  const body = (await answer.json().catch(() => undefined)) as
    | { status?: unknown; mode?: unknown; code?: unknown; message?: unknown; request_id?: unknown }
    | undefined;
  if (answer.status === 200 && body?.status === "ready") {
    const finding = ok("reach", `the gateway is ready (${String(body.mode)}), answered in ${tookMs} ms`);
    return { finding, isGateway: true };
  }
  if (typeof body?.code === "string" && typeof body.request_id === "string") {
    const more = { code: body.code, requestId: body.request_id };
    const fix = `kineticpay errors ${body.code}`;
    return { finding: fault("reach", `the gateway is not ready: ${String(body.message)}`, fix, more), isGateway: true };
  }
  return { finding: strangerAt(baseUrl, answer), isGateway: false };
}

function strangerAt(baseUrl: string, answer: Response): Finding {
  if (answer.status >= 300 && answer.status < 400) {
    const to = answer.headers.get("location") ?? "elsewhere";
    const fix = "use that address, if it is yours: --base-url or kineticpay profiles add";
    return fault("reach", `${baseUrl} redirects to ${to}`, fix);
  }
  const fix = isLoopback(baseUrl)
    ? "another program has that port: correct the address, or kineticpay dev --port with a free one"
    : "correct the address; a proxy or another site answers there";
  return fault("reach", `${baseUrl}/ready answered ${answer.status}, and not as a KineticPay gateway does`, fix);
}
