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

export interface Result {
  readonly trial: string;
  readonly summary: string;
  readonly passed: boolean;
  readonly why: string | null;
  readonly fix: string | null;
  readonly answers: readonly (number | null)[];
}

const promptMs = 5_000;
const prompt = { trial: "prompt", summary: `every answer within ${promptMs / 1000} s` };
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
    ...prompt,
    passed,
    why: passed
      ? null
      : `the slowest took ${(slowest / 1000).toFixed(1)} s of the ${answerWithinMs / 1000} that the gateway waits`,
    fix: passed ? null : promptFix,
    answers: [],
  };
}

/** That a shop refuses everything proves nothing about forgeries, and the cure is one for all. */
function untried({ trial, summary }: Pick<Result, "trial" | "summary">): Result {
  const why = "not tried: the shop refuses what is genuine";
  return { trial, summary, passed: false, why, fix: null, answers: [] };
}

/** Puts a shop to every trial, one after the other. A shop that takes nothing genuine is put to the first alone. */
export async function certify(
  courier: Courier & { readonly all: readonly Sent[] },
  cast: Cast,
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const note = (result: Result) => {
    results.push(result);
    onResult(result);
  };
  const [first, ...others] = trials;
  if (first === undefined) return results;
  const verdict = await first.run(courier, cast);
  note(resultOf(first, verdict));
  const takesGenuine = verdict.sent.some(({ posted }) => isAccepted(posted));
  for (const trial of others)
    note(
      takesGenuine
        ? resultOf(trial, await trial.run(courier, cast))
        : untried({ trial: trial.name, summary: trial.summary }),
    );
  note(takesGenuine ? promptness(courier.all) : untried(prompt));
  return results;
}
