import { readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { until } from "../../acceptance/harness/until.ts";
import { freezeTree, type OwnPostgres, thawTree } from "./own-postgres.ts";

const withinMs = 60_000;

/**
 * The Postgres that a gateway brings and looks after itself. It is started, and started again, by the gateway alone; here
 * it is only crashed and read.
 * @param dataDirectory the gateway's
 */
export function broughtPostgres(dataDirectory: string): OwnPostgres {
  /** The first lines of this file are the process and, further down, port and socket folder ("Server Files" in its manual). */
  const read = async () => {
    const text = await readFile(path.join(dataDirectory, "postgres/cluster/postmaster.pid"), "utf8").catch(() => "");
    const [pid = "", , , port = "", host = ""] = text.split("\n");
    return { pid: Number(pid), port: Number(port), host };
  };
  const query = async <T extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<T[]> => {
    const { host, port } = await read();
    const place = { host, port, user: "postgres", database: "kineticpay" };
    const client = new pg.Client({ ...place, connectionTimeoutMillis: 5_000 });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };
  const isGone = async (pid: number) => {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    return stat === "" || stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  };
  return {
    port: 0,
    // Left empty, the setting tells the gateway to bring its own.
    url: () => "",
    async start() {
      const answers = () =>
        query("select 1").then(
          () => true,
          () => false,
        );
      await until("the gateway to have started its database again", answers, withinMs);
    },
    isRunning: () => true,
    async stopImmediately() {
      const { pid } = await read();
      process.kill(pid, "SIGQUIT");
      await until("the database to be gone", () => isGone(pid), withinMs);
    },
    freeze: async () => freezeTree((await read()).pid),
    thaw: async () => thawTree((await read()).pid),
    query,
    // Its gateway stops it.
    dispose: async () => undefined,
  };
}
