import type { Gateway } from "../gateway.ts";

type Parts = Pick<Gateway, "db" | "clock" | "log" | "keyUses">;

/**
 * Writes down when and from where keys were last used, all in one statement. Never throws: what could not be written is
 * kept for the next time.
 * @returns how many keys were written
 */
export async function writeKeyUses(gateway: Parts, all = false): Promise<number> {
  const uses = gateway.keyUses.take(gateway.clock.now(), all);
  if (uses.length === 0) return 0;
  try {
    // Rows are locked in the order of their ids, so that processes that write at once wait for each other in turn.
    await gateway.db.write(
      "api_keys.note_uses",
      `with used as (
         select * from unnest($1::text[], $2::timestamptz[], $3::text[]) as used (id, at, address)
       ), locked as materialized (
         select k.id from api_keys k join used on used.id = k.id
         where k.last_used_at is null or k.last_used_at <= used.at
         order by k.id for no key update of k
       )
       update api_keys k set last_used_at = used.at, last_used_address = used.address
       from used join locked on locked.id = used.id where k.id = used.id`,
      [uses.map((use) => use.keyId), uses.map((use) => use.at.toISOString()), uses.map((use) => use.address)],
    );
    return uses.length;
  } catch (error) {
    gateway.keyUses.giveBack(uses);
    gateway.log.warn({ err: error }, "the last use of keys could not be written and is kept for later");
    return 0;
  }
}

const lookEveryMs = 1_000;

/** Writes the uses of keys as they fall due, one statement at a time, and what is left when it is stopped. */
export function startWritingKeyUses(gateway: Parts): { stop(): Promise<void> } {
  let writing: Promise<unknown> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    writing = writeKeyUses(gateway).finally(() => {
      busy = false;
    });
  }, lookEveryMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await writing;
      await writeKeyUses(gateway, true);
    },
  };
}
