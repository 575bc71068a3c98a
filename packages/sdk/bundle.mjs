// Makes the package of what tsc compiled: one file of JavaScript for each way of importing it, with the contract bundled in,
// and its types beside it, twice, because a file's types belong to its module system.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = fileURLToPath(new URL(".", import.meta.url));
const compiled = path.join(here, "dist/compiled");
const contract = path.join(here, "../contract/dist");
const formats = [
  { name: "esm", format: "es", type: "module" },
  { name: "cjs", format: "cjs", type: "commonjs" },
];

/** In the package, the contract's types lie in a folder of their own. */
const contractFolder = "contract";

async function declarationsOf(folder) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".d.ts") && !name.endsWith(".test.d.ts"));
}

/** Types name their neighbours by their sources; in the package there are only `.js` files, and no `@kineticpay/contract`. */
function rewritten(text, name) {
  const up = path.posix.relative(path.posix.dirname(name), contractFolder);
  const toContract = up.startsWith(".") ? up : `./${up}`;
  return text
    .replace(
      /(["'])@kineticpay\/contract\/([^"']+)\1/g,
      (_all, quote, file) => `${quote}${toContract}/${file}.js${quote}`,
    )
    .replace(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, "$1$2.js$1");
}

async function copyTypes(from, prefix, target) {
  for (const found of await declarationsOf(from)) {
    const name = path.posix.join(prefix, found.split(path.sep).join("/"));
    const file = path.join(target, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, rewritten(await readFile(path.join(from, found), "utf8"), name));
  }
}

/** Types that nothing in the package leads to are left out. */
async function sweep(target, entries) {
  const reached = new Set();
  const follow = async (name) => {
    if (reached.has(name)) return;
    reached.add(name);
    const text = await readFile(path.join(target, name), "utf8");
    for (const [, next] of text.matchAll(/["'](\.{1,2}\/[^"']+)\.js["']/g)) {
      await follow(path.posix.join(path.posix.dirname(name), `${next}.d.ts`));
    }
  };
  for (const entry of entries) await follow(`${entry}.d.ts`);
  for (const name of await declarationsOf(target)) {
    if (!reached.has(name.split(path.sep).join("/"))) await rm(path.join(target, name));
  }
}

const entries = ["index", "test-kit"];
const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, path.join(compiled, `${name}.js`)])),
  platform: "neutral",
  resolve: { mainFields: ["module", "main"] },
  external: () => false,
});
for (const { name, format, type } of formats) {
  const target = path.join(here, "dist", name);
  await rm(target, { recursive: true, force: true });
  await bundle.write({
    dir: target,
    format,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js",
    exports: "named",
  });
  await writeFile(path.join(target, "package.json"), `${JSON.stringify({ type, sideEffects: false })}\n`);
  await copyTypes(compiled, "", target);
  await copyTypes(contract, contractFolder, target);
  await sweep(target, entries);
}
await bundle.close();
