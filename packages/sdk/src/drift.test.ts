import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { statusOfType } from "@kineticpay/contract/errors/entry";
import { describe, expect, test } from "vitest";
import { type Operation, operations } from "./testing/openapi.ts";
import { type SdkMethod, type SentCall, sdkMethods } from "./testing/sdk-methods.ts";
import { typeChecks } from "./testing/type-checks.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const sources = fileURLToPath(new URL(".", import.meta.url));
const methods = sdkMethods();

/** A part of a path that no other has. */
const part = "the-id";
const words = (more: object = {}) => ({ id: part, code: part, params: {}, ...more });
const isOf = ({ method, path: way }: Operation, sent: { method: string; path: string }) =>
  sent.method === method && sent.path === way.replace(/\{\w+\}/, part);

/** One after the other: what is sent is written down in its order. */
const calls: { readonly method: SdkMethod; readonly sent: SentCall }[] = [];
for (const method of methods) calls.push({ method, sent: await method.send(words()) });

const pairs = operations.map((operation) => ({
  operation,
  found: calls.filter(({ sent }) => isOf(operation, sent)).map(({ method }) => method),
}));
const matched = pairs.flatMap(({ operation, found }) => found.slice(0, 1).map((method) => ({ operation, method })));

/** What the compiler says of a program that uses the package by its name. */
function compile(program: string): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), "kp-drift-"));
  const compilerOptions = {
    noEmit: true,
    customConditions: ["source"],
    typeRoots: [path.join(root, "node_modules/@types")],
    lib: ["es2023", "dom", "dom.iterable"],
    exactOptionalPropertyTypes: false,
    noUnusedLocals: false,
    paths: { kineticpay: [path.join(sources, "index.ts")] },
  };
  const settings = { extends: path.join(root, "tsconfig.base.json"), compilerOptions, files: ["drift.ts"] };
  try {
    writeFileSync(path.join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(settings));
    writeFileSync(path.join(folder, "drift.ts"), program);
    const run = spawnSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
      encoding: "utf8",
    });
    const lines = program.split("\n");
    return run.stdout
      .split("\n")
      .filter((line) => line.includes("error"))
      .map((line) => /drift\.ts\((\d+),/.exec(line)?.[1])
      .map((line, index) => (line === undefined ? run.stdout.split("\n")[index] : lines[Number(line) - 1]) ?? "")
      .map((line) => /^const (\w+)/.exec(line)?.[1] ?? line);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the client and the OpenAPI document", () => {
  test.each(pairs)("$operation.method $operation.path is exactly one method", ({ found }) => {
    expect(found.map((method) => method.name)).toHaveLength(1);
  });

  test("have nothing that the other lacks", () => {
    expect(matched.map(({ method }) => method.name).sort()).toEqual(methods.map((method) => method.name).sort());
  });

  test("send parameters where the other expects them", async () => {
    for (const { operation, method } of matched) {
      if (!method.parameters.includes("params")) continue;
      const sent = await method.send(words({ params: { probe: "here" } }));
      const place = operation.method === "GET" ? sent.query : sent.body;
      expect(place, method.name).toEqual({ probe: "here" });
    }
  });

  test("can validate the same calls", async () => {
    for (const { operation, method } of matched) {
      const sent = await method.send(words({ options: { validateOnly: true } }));
      if (operation.method === "GET") continue;
      expect(sent.query, method.name).toEqual({ validate_only: "true" });
      expect(operation.query.map(({ name }) => name)).toContain("validate_only");
    }
  });

  test("agree on every parameter and every member of every answer", { timeout: 60_000 }, () => {
    const planted = `
      const planted_member: Same<{ a: string }, { a: string; b?: string }> = true;
      const planted_optional: Same<{ a?: string }, { a: string }> = true;
      const planted_value: Same<{ a: { b: "x" | "y" }[] }, { a: { b: "x" }[] }> = true;
      const planted_null: Same<{ a: string | null }, { a: string }> = true;
      const planted_type: Same<{ a: number }, { a: string }> = true;`;
    const faults = compile(typeChecks(matched) + planted.replace(/^ +/gm, ""));
    const isPlanted = (name: string) => name.startsWith("planted_");
    expect(faults.filter((name) => !isPlanted(name))).toEqual([]);
    expect(faults.filter(isPlanted)).toHaveLength(5);
  });
});

const classOfStatus: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(statusOfType).map(([type, status]) => [
    status,
    type.replace(/(^|_)(\w)/g, (_all, _mark, letter: string) => letter.toUpperCase()),
  ]),
);

/** The comment before the first of a method's signatures. */
function commentOf(method: SdkMethod): string {
  const [resource = "", name = resource] = method.name.split(/\.(?=\w+$)/);
  const file = method.name.includes(".")
    ? `resources/${(resource.split(".").at(-1) ?? "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`
    : "client.ts";
  const text = readFileSync(path.join(sources, file), "utf8");
  return new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s+${name}\\(`).exec(text)?.[1] ?? "";
}

describe("what the client says of itself", () => {
  test.each(matched)("$method.name names every error that it can throw", ({ operation, method }) => {
    const comment = commentOf(method);
    const thrown = /@throws ([\s\S]*)$/.exec(comment)?.[1]?.match(/\w+Error/g) ?? [];
    const own = ["ConnectionError", "CircuitOpenError", "AbortedError"];
    expect([...thrown].sort()).toEqual([...operation.failures.map((status) => classOfStatus[status]), ...own].sort());
    expect(comment.trim().length).toBeGreaterThan(40);
  });

  test("leaves nothing that it offers without a word", () => {
    const list = readFileSync(path.join(sources, "index.ts"), "utf8");
    const files = [...list.matchAll(/from "\.\/([^"]+)"/g)].map((match) => match[1] ?? "");
    const silent: string[] = [];
    for (const file of [...files, "test-kit.ts"]) {
      const text = readFileSync(path.join(sources, file), "utf8");
      for (const match of text.matchAll(
        /(\*\/\n)?^export (?:async )?(?:class|interface|type|function|const) (\w+)/gm,
      )) {
        if (match[1] === undefined) silent.push(`${file}: ${match[2]}`);
      }
    }
    expect(files.length).toBeGreaterThan(20);
    expect(silent).toEqual([]);
  });

  test("is in every resource's folder listed", () => {
    const files = readdirSync(path.join(sources, "resources"));
    const listed = readFileSync(path.join(sources, "index.ts"), "utf8");
    const own = new Set(["calls.ts", "look-up-payment.ts"]);
    expect(files.filter((file) => !own.has(file) && !listed.includes(`./resources/${file}`))).toEqual([]);
  });
});
