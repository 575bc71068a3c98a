import {
  type ArrowFunctionExpression,
  type CallExpression,
  type Function as FunctionNode,
  type Node,
  Visitor,
} from "oxc-parser";
import { type ParsedFile, parseFile } from "./parsed-file.ts";
import { isPackageSource, isTest, isTypeScript, type SourceFile } from "./source-files.ts";

/** The most lines that a function may have, its tests and the texts of pages aside. */
export const mostFunctionLines = 50;

/** Tools read these, and they want a default export. */
const configurations = new Set(["vitest.config.ts"]);

type Report = (start: number, what: string) => void;

/** Who may be handed the environment: those who check it whole, and the demo, which passes it on to a gateway. */
const readers = new Set(["readConfig", "readSettings", "environmentWithout"]);

/** True for `process.env` handed whole to one of them. */
function isHandedOver(call: CallExpression): boolean {
  const reader = call.callee.type === "Identifier" ? call.callee.name : "";
  const [first] = call.arguments;
  return readers.has(reader) && first !== undefined && isEnvironment(first);
}

function isEnvironment(node: Node): boolean {
  return (
    node.type === "MemberExpression" &&
    node.object.type === "Identifier" &&
    node.object.name === "process" &&
    node.property.type === "Identifier" &&
    node.property.name === "env"
  );
}

/** What no file may hold, tests included. */
function everywhere(file: ParsedFile, report: Report): void {
  new Visitor({
    TSAnyKeyword: (node) => report(node.start, "any"),
    ExportDefaultDeclaration: (node) => {
      if (!configurations.has(file.path)) report(node.start, "a default export");
    },
    ExportSpecifier: (node) => {
      if (node.exported.type === "Identifier" && node.exported.name === "default")
        report(node.start, "a default export");
    },
    MemberExpression: (node) => {
      if (node.property.type !== "Identifier") return;
      const root = testFunctionOf(node.object);
      if (root !== undefined && /^(skip|only|todo|fails|skipIf|runIf)$/.test(node.property.name)) {
        report(node.start, `${root}.${node.property.name}`);
      }
      // light-my-request is held at a version that Fastify does not ask for, so only real requests are to be trusted.
      if (node.property.name === "inject" && node.object.type === "Identifier" && node.object.name === "app") {
        report(node.start, "app.inject");
      }
    },
    CallExpression: (node) => {
      const name = node.callee.type === "Identifier" ? node.callee.name : "";
      if (/^(xit|xtest|xdescribe|fit|fdescribe)$/.test(name)) report(node.start, name);
    },
  }).visit(file.syntax.program);
  for (const comment of file.syntax.comments) {
    if (/@ts-(ignore|nocheck)/.test(comment.value)) report(comment.start, "a silenced type check");
    if (/biome-ignore-(all|start)/.test(comment.value)) report(comment.start, "a silenced linter");
  }
}

/** `test`, `it`, `describe` or `suite`, also behind `.each` and the like. */
function testFunctionOf(node: Node): string | undefined {
  if (node.type === "Identifier") return /^(test|it|describe|suite|bench)$/.test(node.name) ? node.name : undefined;
  return node.type === "MemberExpression" ? testFunctionOf(node.object) : undefined;
}

/** What no source of a package may hold. */
function inSources(file: ParsedFile, report: Report): void {
  const handedOver = new Set<Node>();
  new Visitor({
    CallExpression: (node) => {
      if (isHandedOver(node) && node.arguments[0] !== undefined) handedOver.add(node.arguments[0]);
    },
  }).visit(file.syntax.program);
  const tooLong = (node: FunctionNode | ArrowFunctionExpression) => {
    const lines = file.lineAt(node.end) - file.lineAt(node.start) + 1;
    if (lines > mostFunctionLines) report(node.start, `a function of ${lines} lines`);
  };
  new Visitor({
    MemberExpression: (node) => {
      if (isEnvironment(node) && !handedOver.has(node)) report(node.start, "a reading of process.env");
    },
    ImportSpecifier: (node) => {
      if (node.imported.type === "Identifier" && node.imported.name === "env") report(node.start, "an import of env");
    },
    FunctionDeclaration: tooLong,
    FunctionExpression: tooLong,
    ArrowFunctionExpression: tooLong,
  }).visit(file.syntax.program);
  if (!isProgram(file)) sideEffects(file, report);
}

/** A file that is run and not imported, where something has to happen. */
function isProgram(file: SourceFile): boolean {
  return /\/(main|demo)\.ts$/.test(file.path);
}

function sideEffects(file: ParsedFile, report: Report): void {
  for (const statement of file.syntax.program.body) {
    const isDirective = statement.type === "ExpressionStatement" && typeof statement.directive === "string";
    const acts = /^(Expression|If|For|ForOf|ForIn|While|DoWhile|Try|Throw)Statement$/.test(statement.type);
    if (acts && !isDirective) report(statement.start, "something done at import");
  }
}

/** Whatever the house's language rules forbid, with its place. */
export function languageFaults(files: readonly SourceFile[]): string[] {
  const faults: string[] = [];
  for (const source of files.filter(isTypeScript)) {
    const file = parseFile(source);
    const report: Report = (start, what) => faults.push(`${file.path}:${file.lineAt(start)}: ${what}`);
    everywhere(file, report);
    if (isPackageSource(file) && !isTest(file)) inSources(file, report);
  }
  return faults;
}
