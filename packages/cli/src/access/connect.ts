import { KineticPay } from "kineticpay";
import type { Context } from "../context.ts";
import { type Access, findAccess } from "./find-access.ts";

/** A gateway that can be called. */
export interface Connected {
  readonly access: Access;
  readonly client: KineticPay;
}

/** A client for this gateway. A breaker is for programs that go on calling; a command wants to see for itself. */
export function clientOf({ baseUrl, apiKey }: Pick<Access, "baseUrl" | "apiKey">): KineticPay {
  return new KineticPay({ apiKey, baseURL: baseUrl, timeout: 30_000, breaker: false, retryBudget: false });
}

/**
 * Finds the gateway to call. Nothing is sent yet.
 * @throws CliError what finding the key throws
 */
export async function connect(context: Context): Promise<Connected> {
  const access = await findAccess(context);
  return { access, client: clientOf(access) };
}
