import { type CallExpression, type ImportDeclaration, type Node, type ParamPattern, Visitor } from "oxc-parser";
import { type ParsedFile, parseFile } from "./parsed-file.ts";
import { isTest, type SourceFile } from "./source-files.ts";

/** What in a statement changes the database; `for update` only locks. */
const writing =
  /\b(insert\s+into|delete\s+from|update\s+(only\s+)?[\w."]+(\s+(as\s+)?\w+)?\s+set|merge\s+into|truncate|copy\s|create\s|alter\s|drop\s|grant\s|nextval|setval)/i;

/** Where commits and calls are made, under the names that their callers give; and what starts a database, before any. */
const isPipe = (file: SourceFile) =>
  /^packages\/server\/src\/(db\/|seams\/outbound\/|seams\/(outbound|crashing-outbound)\.ts$)/.test(file.path);

/** The gateway's own sources; the demo is a client of one, and a program of its own. */
const isHeld = (file: SourceFile) =>
  /^packages\/server\/src\/.*\.ts$/.test(file.path) &&
  !isTest(file) &&
  !isPipe(file) &&
  !file.path.startsWith("packages/server/src/demo/");

/** Ways to a database, or out of the gateway, that pass by every name. */
const wayAround = /^(pg|undici|node:https?|node:net|node:tls|node:http2)$/;

type Texts = ReadonlyMap<string, Node>;

/** The constants of a file, by their names, so that a statement that is kept in one can be read. */
function constantsOf(file: ParsedFile): Texts {
  const texts = new Map<string, Node>();
  new Visitor({
    VariableDeclarator: (node) => {
      if (node.id.type === "Identifier" && node.init !== null) texts.set(node.id.name, node.init);
    },
  }).visit(file.syntax.program);
  return texts;
}

/** What a statement says, as far as the file tells. */
function textOf(node: Node | undefined, constants: Texts, depth = 0): string {
  if (node === undefined || depth > 5) return "";
  if (node.type === "Literal") return String(node.value);
  if (node.type === "TemplateLiteral") {
    const parts = node.quasis.map(
      (quasi, index) => quasi.value.raw + textOf(node.expressions[index], constants, depth + 1),
    );
    return parts.join("");
  }
  return node.type === "Identifier" ? textOf(constants.get(node.name), constants, depth + 1) : "";
}

function methodOf(call: CallExpression): { name: string; of: string } | undefined {
  const { callee } = call;
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return undefined;
  return { name: callee.property.name, of: callee.object.type === "Identifier" ? callee.object.name : "" };
}

/** True for a parameter that is called `tx` and said to be something else. */
function isFalseTx(param: ParamPattern): boolean {
  if (param.type !== "Identifier" || param.name !== "tx") return false;
  const type = param.typeAnnotation?.typeAnnotation;
  return (
    type !== undefined &&
    !(type.type === "TSTypeReference" && type.typeName.type === "Identifier" && type.typeName.name === "Tx")
  );
}

/** Finds what would commit, or leave the gateway, without a name. */
export function namelessCommits(files: readonly SourceFile[]): string[] {
  const faults: string[] = [];
  for (const source of files.filter(isHeld)) {
    const file = parseFile(source);
    const constants = constantsOf(file);
    const report = (node: Node, what: string) => faults.push(`${file.path}:${file.lineAt(node.start)}: ${what}`);
    const params = (node: { readonly params: readonly ParamPattern[] }) => {
      for (const param of node.params) if (isFalseTx(param)) report(param, "a tx that is no Tx");
    };
    new Visitor({
      CallExpression: (node) => {
        const method = methodOf(node);
        if (method?.name === "query" && method.of !== "tx" && writing.test(textOf(node.arguments[0], constants))) {
          report(node, "a write outside a transaction that is no named write");
        }
        if (node.callee.type === "Identifier" && node.callee.name === "fetch")
          report(node, "a call out without a name");
      },
      ImportDeclaration: (node) => {
        if (node.importKind === "type" || !wayAround.test(node.source.value)) return;
        if (!isHarmless(node)) report(node, `an import of ${node.source.value}, past the names`);
      },
      FunctionDeclaration: params,
      FunctionExpression: params,
      ArrowFunctionExpression: params,
    }).visit(file.syntax.program);
  }
  return faults;
}

/** What of these modules calls nobody: to listen, and to tell an address from a name. */
const harmless = new Set(["isIP", "isIPv4", "isIPv6", "createServer", "Server"]);

function isHarmless(node: ImportDeclaration): boolean {
  return node.specifiers.every(
    (each) =>
      each.type === "ImportSpecifier" &&
      (each.importKind === "type" || (each.imported.type === "Identifier" && harmless.has(each.imported.name))),
  );
}

/** How often each name stands in the sources, outside the list that it is from. */
export function placesOf(names: readonly string[], files: readonly SourceFile[]): Map<string, string[]> {
  const places = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const source of files) {
    const isOurs = source.path.startsWith("packages/server/src/") && source.path.endsWith(".ts");
    if (!isOurs || isTest(source) || source.path.endsWith("/seams/crash-points.ts")) continue;
    const file = parseFile(source);
    const note = (text: string, node: Node) => {
      const name = text.replace(/^(before|after):/, "");
      places.get(name)?.push(`${file.path}:${file.lineAt(node.start)}`);
    };
    new Visitor({
      Literal: (node) => {
        if (typeof node.value === "string" && !node.value.startsWith("after:")) note(node.value, node);
      },
    }).visit(file.syntax.program);
  }
  return places;
}
