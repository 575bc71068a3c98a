import { CliError } from "../cli-error.ts";
import { answerWithinMs, isAccepted } from "../webhooks/post-webhook.ts";
import { altered, forged, stale, unsigned } from "./forged-trials.ts";
import { atOnce, duplicate, good, late, raw, reordered, rolled, slow, unknownType } from "./genuine-trials.ts";
import type { Cast, Courier, Sent, Trial, Verdict } from "./trial.ts";

/** Every trial, in the order in which they build upon each other. */
export const trials: readonly Trial[] = [
  good,
  duplicate,
  atOnce,
  reordered,
  unsigned,
  forged,
  altered,
  stale,
  late,
  slow,
  rolled,
  raw,
  unknownType,
];
const forgeries: readonly Trial[] = [unsigned, forged, altered, stale];

export interface Result {
  readonly trial: string;
  readonly summary: string;
  readonly passed: boolean;
  readonly why: string | null;
  readonly fix: string | null;
  readonly answers: readonly (number | null)[];
}

const promptMs = 5_000;
const promptFix =
  "write the event down, answer, and do the work afterwards; the gateway waits 15 s and then sends again";

function resultOf(trial: Trial, verdict: Verdict): Result {
  return {
    trial: trial.name,
    summary: trial.summary,
    passed: verdict.passed,
    why: verdict.passed ? null : (verdict.why ?? "it failed"),
    fix: verdict.passed ? null : trial.fix,
    answers: verdict.sent.map(({ posted }) => posted.status ?? null),
  };
}

/** How long the shop took to answer; what comes in pieces takes its own time. */
function promptness(all: readonly Sent[]): Result {
  const slowest = Math.max(
    ...all.filter(({ what }) => !what.startsWith("a slow")).map(({ posted }) => posted.durationMs),
  );
  const passed = slowest <= promptMs;
  return {
    trial: "prompt",
    summary: `every answer within ${promptMs / 1000} s`,
    passed,
    why: passed
      ? null
      : `the slowest took ${(slowest / 1000).toFixed(1)} s of the ${answerWithinMs / 1000} that the gateway waits`,
    fix: passed ? null : promptFix,
    answers: [],
  };
}

/** That a shop refuses everything proves nothing about forgeries. */
function unproved(trial: Trial, verdict: Verdict): Verdict {
  if (!forgeries.includes(trial) || !verdict.passed) return verdict;
  return { ...verdict, passed: false, why: "not proved: the shop refuses what is genuine as well" };
}

/**
 * Puts a shop to every trial, one after the other.
 * @throws CliError shop_unreachable when nobody answers there at all
 */
export async function certify(
  courier: Courier & { readonly all: readonly Sent[] },
  cast: Cast,
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  let takesGenuine = false;
  for (const trial of trials) {
    const verdict = await trial.run(courier, cast);
    if (trial === good) {
      takesGenuine = verdict.sent.some(({ posted }) => isAccepted(posted));
      if (verdict.sent.every(({ posted }) => posted.status === undefined)) {
        const why = verdict.sent[0]?.posted.answer ?? "no answer";
        throw new CliError("shop_unreachable", `The shop cannot be tried: ${why}.`, {
          next: "start the shop, or correct its address",
        });
      }
    }
    const result = resultOf(trial, takesGenuine ? verdict : unproved(trial, verdict));
    results.push(result);
    onResult(result);
  }
  const last = promptness(courier.all);
  onResult(last);
  return [...results, last];
}
