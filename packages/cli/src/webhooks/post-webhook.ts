/** What came of one request to a shop. */
export interface Posted {
  /** Undefined when nothing was answered. */
  readonly status: number | undefined;
  readonly durationMs: number;
  /** The beginning of the answer, or why there was none. */
  readonly answer: string;
}

/** As long as the gateway waits for an answer. */
export const answerWithinMs = 15_000;
const mostAnswer = 300;

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "no answer in time";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "nobody listens there";
  return code ?? (cause instanceof Error ? cause.message : String(cause));
}

/** Control characters of somebody's answer could play with the terminal. */
function tame(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, " ")
    .replace(/ +/g, " ")
    .trim()
    .slice(0, mostAnswer);
}

/** Posts a webhook as the gateway would: JSON, no redirects followed, 15 s. Never throws for what the shop does. */
export async function postWebhook(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<Posted> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  try {
    const answer = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/json", "user-agent": "KineticPay-CLI", ...headers },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
      ...(typeof body === "string" ? {} : { duplex: "half" as const }),
    } as RequestInit);
    const text = await answer.text();
    return { status: answer.status, durationMs: took(), answer: tame(text) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { status: undefined, durationMs: took(), answer: reasonOf(error) };
  }
}

export function isAccepted({ status }: Posted): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

const foundWithinMs = 5_000;

/** Why nobody answers at an address; undefined when somebody does, whatever it is that they say. */
export async function whyNobodyIsAt(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(foundWithinMs)]);
    const answer = await fetch(url, { redirect: "manual", signal: within });
    await answer.body?.cancel();
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return reasonOf(error);
  }
}
