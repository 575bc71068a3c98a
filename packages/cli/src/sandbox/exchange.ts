import { CliError } from "../cli-error.ts";

/** How a direct message goes out: in silence it is not sent, and only an enquiry finds out. */
export type Direct = "send" | "drop" | "duplicate";

/** The simulator's control API, as far as scenarios need it. Orders go by their seller order number. */
export interface Exchange {
  /** The bank decides, with or without a buyer, also again and otherwise. */
  decide(order: string, code: string, direct?: Direct): Promise<void>;
  /** Sends the exchange's message to the gateway again. */
  send(order: string, code: string, times: number): Promise<void>;
  script(script: Readonly<Record<string, unknown>>): Promise<void>;
  setOnline(bankId: string, online: boolean): Promise<void>;
}

const timeoutMs = 20_000;

async function control(url: string, body: unknown, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new CliError("simulator_unreachable", `The bank simulator does not answer at ${new URL(url).origin}.`, {
      next: "kineticpay dev, which starts it beside the gateway",
      cause,
    });
  });
  const text = await answer.text();
  if (answer.status !== 200) {
    throw new CliError("simulator_refused", `The bank simulator answered ${answer.status}: ${text.slice(0, 200)}`);
  }
}

/** @param simulatorUrl origin of the sandbox's bank simulator */
export function openExchange(simulatorUrl: string, signal: AbortSignal): Exchange {
  const post = (path: string, body: unknown) => control(`${simulatorUrl}/_control${path}`, body, signal);
  const of = (order: string, what: string) => `/transactions/${encodeURIComponent(order)}/${what}`;
  return {
    decide: (order, code, direct) => post(of(order, "decide"), direct === undefined ? { code } : { code, direct }),
    send: (order, code, times) => post(of(order, "send"), { route: "direct", code, times }),
    script: (script) => post("/scripts", script),
    setOnline: (bankId, online) => post(`/banks/${bankId}`, { online }),
  };
}
