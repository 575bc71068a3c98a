import type { Explanation } from "kineticpay";
import { connect } from "../access/connect.ts";
import { usageError } from "../cli-error.ts";
import type { Command } from "../command.ts";
import { answer } from "../terminal/answer.ts";
import type { Paint } from "../terminal/paint.ts";
import { columns } from "../terminal/table.ts";
import { wrap } from "../terminal/wrap.ts";

function list(title: string, lines: readonly string[], paint: Paint, mark: (i: number) => string): string[] {
  if (lines.length === 0) return [];
  return ["", paint("bold", title), ...lines.map((line, i) => `${mark(i)} ${wrap(line, 98, "   ").trimStart()}`)];
}

/** An explanation for people: what, why, what to do, and the call that would have been right. */
function explanationWords(found: Explanation, paint: Paint): string {
  const { request } = found;
  const status = paint(request.status === 200 ? "green" : "red", String(request.status));
  const checks = found.checks.map(({ name, ok, detail }) => [
    ok ? paint("green", "ok") : paint("red", "no"),
    name,
    detail,
  ]);
  return [
    `${paint("bold", `${request.method} ${request.path}`)}  ${status} ${request.code ?? ""}`.trimEnd(),
    paint("dim", `${request.id}  ${request.created_at}  ${request.duration_ms} ms  key ${request.key.hint || "none"}`),
    "",
    wrap(found.what, 100),
    ...(found.why === "" ? [] : ["", paint("bold", "Why"), wrap(found.why, 100)]),
    ...list("What to do", found.fix, paint, (i) => `${i + 1}.`),
    ...list(
      "At fault",
      found.faults.map(({ path, message, expected }) => `${path}  ${message} Expected: ${expected}.`),
      paint,
      () => "-",
    ),
    ...(checks.length === 0 ? [] : ["", paint("bold", "As things stand now"), columns(checks)]),
    ...(found.curl === null ? [] : ["", paint("bold", "Send this instead"), found.curl]),
    ...list("Notes", found.notes, paint, () => "-"),
    ...(found.doc_url === null ? [] : ["", found.doc_url]),
  ].join("\n");
}

export const explainCommand: Command = {
  name: "explain",
  summary: "Say why a call failed, and what to send instead",
  examples: ["kineticpay explain req_01…", "kineticpay explain req_01… --fields why,fix,curl"],
  about:
    "Every answer has a request id, in the body of a failure and in the header X-Request-Id. Calls are kept for 30 days, unless the gateway's operator set otherwise.",
  words: [{ name: "<request>", summary: "a request id, req_…" }],
  async run({ context, words: [id = ""] }) {
    if (!id.startsWith("req_")) {
      throw usageError(`"${id}" is no request id: those begin with req_.`, "kineticpay explain");
    }
    const { client } = await connect(context);
    const ask = () => client.requests.explain(id, { signal: context.signal });
    const found = await context.terminal.during("Looking the call up", ask);
    answer(context, found, () => explanationWords(found, context.terminal.paint));
    return undefined;
  },
};
