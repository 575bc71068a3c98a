import type { Gateway } from "../gateway.ts";

/** True when the database answers. */
export async function readiness(gateway: Gateway): Promise<boolean> {
  try {
    await gateway.db.query("select 1");
    return true;
  } catch (error) {
    gateway.log.warn({ err: error }, "the database does not answer");
    return false;
  }
}
