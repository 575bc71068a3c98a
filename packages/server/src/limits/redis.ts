import type { RedisClientType } from "@redis/client";

/** A connection that has answered, with the scripts it was asked to know. */
export interface Redis {
  /** Runs a script that was named when connecting. */
  run(script: string, keys: string[], values: string[]): Promise<unknown>;
  /** Ends the connection at once; whatever is still awaited of it is rejected. */
  destroy(): void;
}

const connectTimeoutMs = 1_000;

async function prepare(client: RedisClientType, scripts: readonly string[]): Promise<Map<string, string>> {
  await client.connect();
  const digests = new Map<string, string>();
  for (const script of scripts) digests.set(script, await client.scriptLoad(script));
  return digests;
}

/** Rejects when `work` takes longer than that. */
export function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no answer within ${timeoutMs} ms`));
    // After a pause of this process itself the answer may lie there unread: it is read before the time counts as up.
    const timer = setTimeout(() => setImmediate(late), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * Connects, once: a connection that breaks stays broken. The client is loaded here and not before, since most gateways
 * have no Redis.
 * @param onLost told when the connection broke by itself
 */
export async function connectRedis(url: string, scripts: readonly string[], onLost: () => void): Promise<Redis> {
  const { createClient } = await import("@redis/client");
  const client: RedisClientType = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: false },
  });
  client.on("error", onLost);
  const destroy = () => {
    if (client.isOpen) client.destroy();
  };
  try {
    const digests = await within(connectTimeoutMs, prepare(client, scripts));
    return {
      run: (script, keys, values) => client.evalSha(digests.get(script) ?? "", { keys, arguments: values }),
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}
