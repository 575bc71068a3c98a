import pg from "pg";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { keepVigil, probePostgres, type Vigil } from "./vigil.ts";

export interface ConnectionOptions {
  readonly connection: pg.ClientConfig;
  readonly poolSize: number;
  readonly onIdleError: (error: Error) => void;
  /** The longest that one statement may take, in milliseconds. */
  readonly statementMs?: number;
}

/** One connection, taken out of the pool. */
export interface Connection {
  /** @throws DatabaseUnavailable when there was no answer, or none that tells what became of the statement */
  send(statement: pg.QueryConfig): Promise<pg.QueryResult>;
  /** Lets each statement take so many milliseconds until the transaction that is open ends. */
  allow(statementMs: number): Promise<void>;
  /** Gives it back, or, when it is not to be trusted any more, throws it away. */
  release(isSound: boolean): void;
}

export interface Connections {
  /** @throws DatabaseUnavailable */
  take(): Promise<Connection>;
  /** How many wait for one. */
  readonly waiting: number;
  close(): Promise<void>;
}

const int8 = 20;

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 beyond safe integers: ${text}`);
  return value;
}

export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: "text" | "binary") =>
    id === int8 ? parseInt8 : pg.types.getTypeParser(id, format as "text"),
};

/** A request must be answered within five seconds, whatever the database does; of them a statement gets these. */
const statementMs = 3_000;
/** Beyond the server's own limit, for a connection that died in silence while the others live. */
const unheardOfMs = 1_000;
const checkOutMs = 2_000;

const limitOf = (options: ConnectionOptions) => options.statementMs ?? statementMs;

function openPool(options: ConnectionOptions): pg.Pool {
  const pool = new pg.Pool({
    ...options.connection,
    max: options.poolSize,
    connectionTimeoutMillis: checkOutMs,
    idleTimeoutMillis: 60_000,
    statement_timeout: limitOf(options),
    // Nothing waits for a stranger inside a transaction, so one that idles has lost its gateway.
    idle_in_transaction_session_timeout: 5_000,
    keepAlive: true,
    application_name: "kineticpay",
    types: typeParsers,
  });
  pool.on("error", options.onIdleError);
  // A client that is checked out when its server dies emits "error" itself; without a listener that ends the process.
  pool.on("connect", (client) => client.on("error", options.onIdleError));
  return pool;
}

/**
 * SQLSTATE classes 08 (connection), 53 (resources), 57 (operator intervention, the limit of a statement among them), 58
 * (the system), 40 (rolled back in favour of another, or with an outcome that is unknown), 55P03 (a lock that did not come
 * in time), faults of the socket, and whatever ends a session or keeps one from beginning. Whoever meets one may try again.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, severity } = error as Error & { code?: unknown; severity?: unknown };
  if (severity === "FATAL") return true;
  if (typeof code === "string") return /^(08|53|57|58|40|55P03)/.test(code) || /^E[A-Z]{3,}/.test(code);
  return /connection|timeout|client was closed|not queryable/i.test(error.message);
}

/** Sockets are cut and not closed: a server that is silent would never say good-bye. */
function cutOff(client: pg.PoolClient): void {
  client.connection.stream.destroy();
}

/** Opens a pool that knows when its server is silent. Nothing is connected until the first statement. */
export function openConnections(options: ConnectionOptions): Connections {
  let pool = openPool(options);
  const open = new Set<pg.PoolClient>();
  const follow = (of: pg.Pool) => {
    of.on("connect", (client) => open.add(client as pg.PoolClient));
    of.on("remove", (client) => open.delete(client as pg.PoolClient));
  };
  follow(pool);
  /** After silence nothing is taken up again: what was under way may still come to its end on the old connections. */
  const startAnew = () => {
    const old = pool;
    pool = openPool(options);
    follow(pool);
    for (const client of open) cutOff(client);
    open.clear();
    old.end().catch(() => undefined);
  };
  const vigil = keepVigil({
    probe: () => probePostgres(options.connection),
    onSilent: startAnew,
    limitMs: limitOf(options) + unheardOfMs,
  });
  return {
    take: () => take(pool, vigil),
    get waiting() {
      return pool.waitingCount;
    },
    close() {
      vigil.stop();
      return pool.end();
    },
  };
}

async function take(pool: pg.Pool, vigil: Vigil): Promise<Connection> {
  let isWanted = true;
  const coming = async () => {
    const client = await pool.connect();
    if (!isWanted) client.release();
    return client;
  };
  try {
    return connectionOn(await vigil.over(coming), vigil);
  } catch (error) {
    isWanted = false;
    if (error instanceof DatabaseUnavailable) throw error;
    throw new DatabaseUnavailable("no connection to the database", { cause: error });
  }
}

function connectionOn(client: pg.PoolClient, vigil: Vigil): Connection {
  let limitMs: number | undefined;
  const send = async (statement: pg.QueryConfig) => {
    try {
      return await vigil.over(() => client.query(statement), limitMs);
    } catch (error) {
      if (error instanceof DatabaseUnavailable || !isUnavailable(error)) throw error;
      throw new DatabaseUnavailable("the database did not answer", { cause: error });
    }
  };
  return {
    send,
    async allow(allowedMs) {
      if (!Number.isSafeInteger(allowedMs) || allowedMs <= 0) throw new RangeError("whole milliseconds, from 1");
      await send({ text: `set local statement_timeout = ${allowedMs}` });
      limitMs = allowedMs + unheardOfMs;
    },
    release(isSound) {
      if (!isSound) cutOff(client);
      client.release(!isSound);
    },
  };
}
