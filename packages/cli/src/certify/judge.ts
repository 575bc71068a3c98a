import { isAccepted } from "../webhooks/post-webhook.ts";
import type { Sent, Verdict } from "./trial.ts";

const said = ({ what, posted: { status, answer } }: Sent) =>
  status === undefined
    ? `${what}: ${answer}`
    : `${what} was answered ${status}${answer === "" ? "" : ` "${answer.slice(0, 80)}"`}`;

/** Everything genuine must be accepted. */
export function mustAccept(sent: readonly Sent[]): Verdict {
  const refused = sent.filter(({ posted }) => !isAccepted(posted));
  return refused.length === 0 ? { passed: true, sent } : { passed: false, sent, why: refused.map(said).join("; ") };
}

/** What is not genuine must be refused, in order: a 5xx is a crash, and no refusal. */
export function mustRefuse(sent: readonly Sent[]): Verdict {
  const isRefused = ({ posted: { status } }: Sent) => status !== undefined && status >= 400 && status < 500;
  const wrong = sent.filter((each) => !isRefused(each));
  return wrong.length === 0 ? { passed: true, sent } : { passed: false, sent, why: wrong.map(said).join("; ") };
}

/** What the shop shows of the order must be the same as before, if it is known. */
export function mustStay(verdict: Verdict, before: string | undefined, after: string | undefined): Verdict {
  if (!verdict.passed || before === after) return verdict;
  return { ...verdict, passed: false, why: "the shop answered well, and yet the order changed" };
}
