import { Agent, type ClientRequest, type IncomingHttpHeaders, request } from "node:http";

/** What came of a call: an answer, or where on its way it failed. */
export type Reached =
  | { readonly kind: "answer"; readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }
  /** Nobody listened, so nothing was sent. */
  | { readonly kind: "refused" }
  /** The connection broke after something may have been sent. */
  | { readonly kind: "broken"; readonly cause: string }
  | { readonly kind: "late" };

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the first packet to the last byte of the answer. */
  readonly timeoutMs?: number;
}

/** A client with connections of its own, kept open between calls as a shop's program keeps them. */
export interface Caller {
  call(call: Call): Promise<Reached & { readonly ms: number }>;
  close(): void;
}

/** Told of a call and what came of it, once it is over. */
export type Observe = (call: Call, reached: Reached & { readonly ms: number }) => void;

const defaultTimeoutMs = 20_000;

function reach(agent: Agent, call: Call): Promise<Reached> {
  return new Promise((resolve) => {
    const timeoutMs = call.timeoutMs ?? defaultTimeoutMs;
    let isLate = false;
    const headers = {
      ...call.headers,
      ...(call.body === undefined ? {} : { "content-length": String(Buffer.byteLength(call.body)) }),
    };
    const sent: ClientRequest = request(call.url, { method: call.method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString("utf8");
        if (!answer.complete) return resolve({ kind: "broken", cause: "half an answer" });
        resolve({ kind: "answer", status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
      answer.on("error", (error) => fail(error));
    });
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (isLate) resolve({ kind: "late" });
      else if (error.code === "ECONNREFUSED") resolve({ kind: "refused" });
      else resolve({ kind: "broken", cause: error.code ?? error.message });
    };
    const timer = setTimeout(() => {
      isLate = true;
      sent.destroy(new Error("late"));
    }, timeoutMs);
    sent.on("error", fail);
    sent.end(call.body);
  });
}

/** @param connections how many calls may be under way at once, each on its own connection */
export function openCaller(connections = 64, observe: Observe = () => undefined): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
  return {
    async call(call) {
      const began = performance.now();
      const reached = await reach(agent, call);
      const timed = { ...reached, ms: performance.now() - began };
      observe(call, timed);
      return timed;
    },
    close: () => agent.destroy(),
  };
}

/** True for an answer with that status. */
export function answered(reached: Reached, status: number): reached is Extract<Reached, { kind: "answer" }> {
  return reached.kind === "answer" && reached.status === status;
}
