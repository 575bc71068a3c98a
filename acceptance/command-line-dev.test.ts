import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "./harness/free-port.ts";
import { newTypist, type Typist } from "./harness/kineticpay.ts";
import { projectFolder, startCommand } from "./harness/program.ts";
import { until } from "./harness/until.ts";

let folder: string;
let typist: Typist;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kp-dev-"));
  typist = await newTypist(folder);
});
afterAll(async () => {
  await typist.leave();
  await rm(folder, { recursive: true, force: true });
});

interface Ready {
  readonly type: "ready";
  readonly base_url: string;
  readonly sandbox_file: string;
}
/** Settings of a live gateway, and of a shop, that somebody has exported; none of them is the sandbox's. */
const foreign = {
  KINETICPAY_MODE: "live",
  DATABASE_URL: "postgres://nowhere.invalid/x",
  KINETICPAY_WEBHOOK_SECRET: "whsec_x",
  KINETICPAY_PROFILE: "shop",
};

async function dev(...more: string[]) {
  const words = ["dev", "--port", "0", "--simulator-port", "0", "--json", ...more];
  const program = typist.start(words, { environment: foreign });
  const ready = await until(
    "the sandbox",
    () => {
      if (program.hasEnded()) throw new Error(`it ended: ${program.stderr()}`);
      return program.stdout().includes("\n") && (JSON.parse(program.stdout()) as Ready);
    },
    60_000,
  );
  return { program, ready };
}
const keyIn = async (file: string) => (JSON.parse(await readFile(file, "utf8")) as { api_key: string }).api_key;

/** Processes that name the folder, and so belong to its sandbox. */
async function left(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(`${folder}/`));
}

test("dev brings a whole sandbox whose key the other commands find, says so when it runs already, keeps its data, and begins anew when asked", async () => {
  const first = await dev();
  expect(first.ready.sandbox_file).toBe(path.join(folder, "data/sandbox.json"));
  expect(first.program.stdout().trim().split("\n")).toHaveLength(1);
  const made = await typist.json<{ id: string; checkout_url: string }>(["payments", "create", "--amount", "1250"]);
  expect(await (await fetch(made.checkout_url)).text()).toContain("12.50");
  const key = await keyIn(first.ready.sandbox_file);
  const busy = await typist.run(["dev", "--fresh", "--port", "0", "--simulator-port", "0"]);
  expect(busy).toMatchObject({ code: 1, stdout: "" });
  expect(busy.stderr).toMatch(/^✗ data_in_use: /m);
  for (const ports of [[], ["--port", "0", "--simulator-port", "0"]]) {
    const second = await typist.run(["dev", ...ports]);
    expect(second).toMatchObject({ code: 1, stdout: "" });
    expect(second.stderr).toMatch(/^✗ sandbox_runs_already: .* use it/m);
    expect(second.stderr).toContain(first.ready.base_url);
  }
  first.program.process.kill("SIGINT");
  expect((await first.program.ended).code, first.program.stderr()).toBe(0);
  expect(await left()).toEqual([]);

  const again = await dev();
  expect(await keyIn(again.ready.sandbox_file)).toBe(key);
  expect(await typist.json(["payments", "get", made.id])).toMatchObject({ id: made.id });
  const listener = typist.start(["listen"]);
  await until("listen to be ready", () => listener.stderr().includes("Ready:"));
  again.program.process.kill("SIGTERM");
  expect((await again.program.ended).code).toBe(0);

  const fresh = await dev("--fresh");
  expect(await keyIn(fresh.ready.sandbox_file)).not.toBe(key);
  expect((await typist.run(["payments", "get", made.id])).stderr).toContain("resource_missing");
  // Whoever listened goes on listening, with the new key, and misses nothing of the new sandbox.
  const { id } = await typist.json<{ id: string }>(["payments", "create", "--amount", "1250", "--invoice", "ANEW"]);
  const [event] = await typist.json<{ id: string }[]>(["events", "list", "--payment", id]);
  await until(
    "the listener to hear of it",
    () => {
      if (listener.hasEnded()) throw new Error(`it ended: ${listener.stderr()}`);
      return listener.stdout().includes(event?.id ?? "nothing");
    },
    40_000,
  );
  listener.process.kill("SIGTERM");
  expect((await listener.ended).code).toBe(0);
  fresh.program.process.kill("SIGTERM");
  expect((await fresh.program.ended).code).toBe(0);
  expect(await left()).toEqual([]);
}, 120_000);

test("dev --fresh removes nothing from a folder that is not a sandbox's alone", async () => {
  const place = path.join(folder, "precious");
  await mkdir(place);
  for (const name of ["sandbox.json", "thesis.txt"]) await writeFile(path.join(place, name), "{}");
  const { code, stderr } = await typist.run(["dev", "--fresh", "--data-dir", "precious"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^✗ data_not_a_sandbox: .*thesis\.txt/m);
  expect((await readdir(place)).sort()).toEqual(["sandbox.json", "thesis.txt"]);
});

test("dev says how to go on when its port is taken", async () => {
  const port = await freePort();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
  const words = ["dev", "--port", String(port), "--simulator-port", "0", "--data-dir", "taken"];
  const { code, stdout, stderr } = await typist.run(words);
  other.close();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/✗ sandbox_not_started: [\s\S]*Next +kineticpay dev --port 0/);
}, 60_000);

test("npx finds the command in a checkout, and the command it starts can be completed in bash", async () => {
  const npx = startCommand("npx", ["--no-install", "kineticpay", "--version"], { HOME: typist.home });
  expect((await npx.ended).code, npx.stderr()).toBe(0);
  await until("the version", () => /^\d+\.\d+\.\d+\n$/.test(npx.stdout()));
  const asked = `COMP_WORDS=(kineticpay payments list --status ""); COMP_CWORD=4; _kineticpay; echo "\${COMPREPLY[@]}"`;
  const { stdout: script } = await typist.run(["completion", "bash"]);
  const file = path.join(folder, "completion.bash");
  await writeFile(file, `${script}\n${asked}\n`);
  const bash = startCommand("bash", [file], {}, projectFolder);
  expect((await bash.ended).code, bash.stderr()).toBe(0);
  await until("the words", () => bash.stdout() === "open processing awaiting_approval paid expired cancelled\n");
});
