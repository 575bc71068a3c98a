import { chown, lchown, readdir, readFile, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { runProgram } from "./run-program.ts";

/** As whom the programs run: a command put in front of theirs, and the user and group given to the new process. */
export type RunAs = { label: string; wrapper: readonly string[]; identity: { uid?: number; gid?: number } };

/** `probe` asks the kernel; `refused` behaves as on a machine where user namespaces are forbidden. */
export type UserNamespaces = "probe" | "refused";

type Account = { name: string; uid: number; gid: number };
type Candidate = { runAs: RunAs; mustReach: string; owner?: Account };

const directly: RunAs = { label: "this user", wrapper: [], identity: {} };

/**
 * Decides as whom Postgres runs, since it refuses to run as root. A normal user runs it directly. Root runs it in a
 * user namespace that shows root as another account, which keeps root's files readable to it, or, where the kernel
 * refuses that, as an unprivileged account that is then given the folder.
 * @param directory our own folder, which exists
 * @param program a program that the identity must be able to execute
 * @throws EmbeddedPostgresError `cannot_run`, with what was tried and what to set
 */
export async function chooseRunAs(directory: string, program: string, namespaces: UserNamespaces): Promise<RunAs> {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && (process.platform !== "linux" || hasAccount())) return directly;
  const causes: string[] = [];
  for (const candidate of await candidates(directory, namespaces, isRoot, causes)) {
    const { runAs, mustReach, owner } = candidate;
    const reach = await runProgram(runAs, "/bin/sh", ["-c", reachScript, "sh", program, mustReach]);
    if (reach.ok) {
      if (owner) await giveTo(directory, owner);
      return runAs;
    }
    causes.push(`${runAs.label}: ${reach.output}`);
  }
  throw new EmbeddedPostgresError(
    "cannot_run",
    `The embedded Postgres cannot run for ${directory}, since it refuses to run as root and no other identity works here. ` +
      "Set DATABASE_URL to a Postgres of your own, or set KINETICPAY_DATA_DIR to a folder that other users can reach " +
      "(with the checkout in such a place too), or run the gateway as a normal user.",
    causes,
  );
}

const reachScript = `
test -x "$1" || { echo "cannot execute $1"; exit 1; }
test -x "$2" || { echo "cannot reach $2"; exit 1; }`;

async function candidates(
  directory: string,
  namespaces: UserNamespaces,
  isRoot: boolean,
  causes: string[],
): Promise<Candidate[]> {
  const accounts = await readAccounts();
  const owner = await stat(directory);
  const parent = path.dirname(directory);
  const found: Candidate[] = [];
  // A folder that already belongs to somebody else stays theirs: the identity of a later start is that of the first.
  if (isRoot && owner.uid !== 0) {
    found.push({
      runAs: asAccount({ name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid }),
      mustReach: directory,
    });
  }
  // initdb looks its user up, so that the namespace must show an account that exists.
  const shown = accounts.find(({ uid }) => uid === 1000) ?? accounts.find(({ uid }) => uid !== 0);
  if (namespaces === "refused") causes.push("in a user namespace: refused");
  else if (process.platform === "linux" && shown) found.push({ runAs: inNamespace(shown), mustReach: directory });
  if (!isRoot) return found;
  const { uid, gid } = await stat(parent);
  const unprivileged = accounts.filter(({ name }) => name === "postgres" || name === "_postgres" || name === "nobody");
  unprivileged.sort((one, other) => Number(one.name === "nobody") - Number(other.name === "nobody"));
  if (uid !== 0) unprivileged.unshift({ name: `uid ${uid}`, uid, gid });
  for (const account of unprivileged) {
    if (account.uid > 0) found.push({ runAs: asAccount(account), mustReach: parent, owner: account });
  }
  return found;
}

function inNamespace({ uid, gid }: Account): RunAs {
  const wrapper = ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`, "--"];
  return { label: "in a user namespace", wrapper, identity: {} };
}

function asAccount({ name, uid, gid }: Account): RunAs {
  return { label: `as ${name}`, wrapper: [], identity: { uid, gid } };
}

/** Whether this user has a name. In some containers it has none, and then initdb refuses to work for it. */
function hasAccount(): boolean {
  try {
    return os.userInfo().uid >= 0;
  } catch {
    return false;
  }
}

async function readAccounts(): Promise<Account[]> {
  const lines = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n");
  return lines
    .map((line) => line.split(":"))
    .filter((fields) => fields.length >= 7)
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

async function giveTo(directory: string, { uid, gid }: Account): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const entryPath = path.join(directory, entry.name);
    if (entry.isDirectory()) await giveTo(entryPath, { name: "", uid, gid });
    else await lchown(entryPath, uid, gid);
  }
  await chown(directory, uid, gid);
}
