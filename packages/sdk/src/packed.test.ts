import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./testing/open-test-client.ts";
import { openStranger, type Stranger } from "./testing/stranger.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let stranger: Stranger;
let gateway: TestGateway;
let environment: Record<string, string>;
beforeAll(async () => {
  [stranger, gateway] = await Promise.all([openStranger(), openTestGateway()]);
  environment = { KINETICPAY_API_KEY: gateway.app.merchant.apiKey.key, KINETICPAY_BASE_URL: gateway.baseURL };
});
afterAll(async () => {
  await stranger.close();
  await gateway.close();
});

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** Pays attention to what a program of a stranger would do first. */
const program = `
const client = new KineticPay();
const { message } = await client.ping();
const payment = await client.payments.create({
  amount: sen("12.50"), invoice: INVOICE, success_url: "https://shop.example/a", failure_url: "https://shop.example/b",
});
const error = await client.payments.retrieve("pay_none").catch((reason) => reason);
console.log(JSON.stringify([message, payment.amount, error.name, isNotFoundError(error), isNotFoundError(message)]));
`;
const printed = '["pong",1250,"NotFoundError",true,false]\n';
const names = "{ KineticPay, isNotFoundError, sen }";

describe("the package, installed by a stranger", () => {
  test("has no dependencies, and nothing in it but what it needs", () => {
    const manifest = JSON.parse(readFileSync(path.join(stranger.installed, "package.json"), "utf8"));
    for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"])
      expect(manifest).not.toHaveProperty(kind);
    expect(readdirSync(path.join(stranger.folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "kineticpay",
    ]);
    const files = filesOf(stranger.installed);
    for (const file of files) {
      expect(path.relative(stranger.installed, file)).toMatch(
        /^(package\.json|README\.md|LICENSE|dist\/(esm|cjs)\/.*)$/,
      );
    }
    for (const file of files.filter((each) => each.includes("/dist/"))) {
      expect(readFileSync(file, "utf8"), file).not.toMatch(/@kineticpay\/|\.ts["']\)?;?$|from "node:|require\("node:/m);
    }
    expect(readFileSync(path.join(stranger.installed, "LICENSE"), "utf8")).toBe(
      readFileSync(path.join(root, "LICENSE"), "utf8"),
    );
    expect(files.map((file) => path.relative(stranger.installed, file))).toEqual(
      expect.arrayContaining(["README.md", "LICENSE"]),
    );
  });

  test("works as an ES module", async () => {
    await stranger.write("esm.mjs", `import ${names} from "kineticpay";${program.replace("INVOICE", '"ESM"')}`);
    expect(await stranger.node(["esm.mjs"], environment)).toBe(printed);
  });

  test("works as a CommonJS module, and knows the errors of the other copy", async () => {
    const commonJs = `const ${names} = require("kineticpay");\n(async () => {${program.replace("INVOICE", '"CJS"')}})();`;
    await stranger.write("cjs.cjs", commonJs);
    expect(await stranger.node(["cjs.cjs"], environment)).toBe(printed);
    const both = `const one = require("kineticpay");
      import("kineticpay").then(async (two) => {
        const error = await new two.KineticPay({ apiKey: "" }).ping().catch((reason) => reason);
        console.log(error instanceof one.KineticPayError, one.isAuthenticationError(error), error.code);
      });`;
    await stranger.write("both.cjs", both);
    expect(await stranger.node(["both.cjs"], environment)).toBe("false true key_missing\n");
  });

  test("works bundled, with nothing but what Workers have", async () => {
    await stranger.write(
      "app.mjs",
      `import ${names} from "kineticpay";\nexport async function run(KEY, URL, INVOICE, console) {${program.replace("new KineticPay()", "new KineticPay({ apiKey: KEY, baseURL: URL })")}}`,
    );
    await stranger.write("money.mjs", `import { sen } from "kineticpay";\nexport const amount = sen("12.50");`);
    const bundled = async (name: string) => {
      const lib = { entry: path.join(stranger.folder, `${name}.mjs`), formats: ["cjs" as const], fileName: name };
      const settings = { outDir: `bundled-${name}`, lib, minify: false };
      await build({ root: stranger.folder, configFile: false, logLevel: "error", build: settings });
      const [file = "", ...more] = filesOf(path.join(stranger.folder, settings.outDir));
      expect(more).toEqual([]);
      return readFileSync(file, "utf8");
    };
    const [app, money] = [await bundled("app"), await bundled("money")];
    // Who takes one function has not the whole client to carry.
    expect(Buffer.byteLength(money)).toBeLessThan(4000);
    const web = {
      fetch,
      URL,
      URLSearchParams,
      AbortController,
      Headers,
      Request,
      Response,
      TextEncoder,
      TextDecoder,
      crypto,
      performance,
      setTimeout,
      clearTimeout,
      atob,
      btoa,
    };
    const lines: string[] = [];
    const module = { exports: {} as { run: (...words: unknown[]) => Promise<void> } };
    const required = (name: string) => {
      throw new Error(`it asks for ${name}, which Workers do not have`);
    };
    vm.runInNewContext(`(function (exports, module, require) {${app}\n})`, web)(module.exports, module, required);
    await module.exports.run(environment["KINETICPAY_API_KEY"], gateway.baseURL, "BUNDLE", {
      log: (line: string) => lines.push(line),
    });
    expect(`${lines[0]}\n`).toBe(printed);
  });
});

const typed = `
import { KineticPay, hasCode, isInvalidRequestError, type KineticPayEvent, type Payment, sen } from "kineticpay";
import { fakeEvent, signEvent } from "kineticpay/testing";
export async function use(client: KineticPay): Promise<string> {
  const order = { amount: sen("12.50"), invoice: "1", success_url: "https://a.example", failure_url: "https://b.example" };
  const payment: Payment = await client.payments.create(order);
  const validation = await client.payments.create(order, { validateOnly: true });
  const valid: true = validation.valid;
  for await (const each of client.payments.list({ status: "paid", limit: 10 })) if (each.paid_at === null) throw valid;
  const { requestId, data } = await client.banks.list().withResponse();
  const told = (event: KineticPayEvent) => {
    switch (event.type) {
      case "payment.paid": return event.data.amount.toFixed();
      case "bank.offline": return event.data.name;
      default: return event.id;
    }
  };
  told(fakeEvent("payment.paid", { data: { amount: 1 } }));
  await signEvent(fakeEvent("bank.offline"));
  try {
    // @ts-expect-error An invoice is missing.
    await client.payments.create({ amount: 1, success_url: "", failure_url: "" });
    // @ts-expect-error There is no such option.
    await client.payments.create(order, { timout: 1 });
    // @ts-expect-error There is no such status.
    await client.payments.list({ status: "done" });
  } catch (error) {
    if (hasCode(error, "invoice_conflict")) return error.requestId ?? "";
    if (isInvalidRequestError(error)) {
      const known: boolean = error.code === "fields_invalid" || error.code === "a_code_of_tomorrow";
      return \`\${known}\${error.fields[0]?.path}\`;
    }
  }
  return \`\${payment.checkout_url}\${requestId}\${data.as_of}\`;
}
`;

/** The compiler of this repository, and one of some years ago. */
const compilers = ["node_modules/typescript", "node_modules/@arethetypeswrong/core/node_modules/typescript"];

/** Projects as strangers have them: the files' endings say which module system each is. */
const projects = [
  { module: "node16", moduleResolution: "node16", endings: ["mts", "cts"], lib: ["dom"], types: [] },
  { module: "es2022", moduleResolution: "bundler", endings: ["ts"], lib: ["dom"], types: [] },
  { module: "node16", moduleResolution: "node16", endings: ["mts"], lib: [], types: ["node"] },
];
const combinations = [
  ...projects.map((project) => ({ ...project, compiler: compilers[0] })),
  ...projects.slice(0, 1).map((project) => ({ ...project, compiler: compilers[1] })),
];

test.each(combinations)(
  "its types hold in a strict project: $compiler, $moduleResolution, $endings, lib $lib, types $types",
  async ({ compiler = "", endings, lib, types, ...resolution }) => {
    const files = await Promise.all(endings.map((ending) => stranger.write(`typed.${ending}`, typed)));
    const compilerOptions = {
      ...resolution,
      strict: true,
      noEmit: true,
      // Of Node's own types only: ours are judged whole.
      skipLibCheck: types.length > 0,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      target: "es2022",
      lib: ["es2022", ...lib],
      types,
      typeRoots: [path.join(root, "node_modules/@types")],
    };
    const project = await stranger.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
    const run = spawnSync(process.execPath, [path.join(root, compiler, "bin/tsc"), "-p", project], {
      encoding: "utf8",
    });
    expect(`${run.stdout}${run.stderr}`).toBe("");
    expect(run.status).toBe(0);
  },
);

describe("the package, judged by the tools that look for what strangers stumble over", () => {
  test("is clean by publint", async () => {
    const data = readFileSync(stranger.tarball);
    const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
    const { messages } = await publint({ strict: true, pack: { tarball } });
    expect(messages).toEqual([]);
  });

  test("is clean by arethetypeswrong, for every way of resolving that knows of exports", async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(stranger.tarball)));
    if (result.types === false) throw new Error("the package has no types");
    // Node 10 knows no exports, so it cannot find kineticpay/testing.
    const problems = result.problems.filter(
      (problem) =>
        !(
          "resolutionKind" in problem &&
          problem.resolutionKind === "node10" &&
          "entrypoint" in problem &&
          problem.entrypoint !== "."
        ),
    );
    expect(problems).toEqual([]);
    expect(Object.keys(result.entrypoints)).toEqual(expect.arrayContaining([".", "./testing"]));
  });
});
