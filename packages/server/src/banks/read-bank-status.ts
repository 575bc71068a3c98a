import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { type PaymentModel, paymentModels } from "@kineticpay/contract/payment";
import type { Gateway } from "../gateway.ts";
import type { BankList } from "../rails/rail.ts";
import { type BankStatusChange, type ChangeFilter, currentStatuses, listChanges } from "./bank-status-store.ts";

/** Since when each bank that the list calls offline has been so, as far as the gateway knows. */
export async function offlineSince(gateway: Gateway, list: BankList): Promise<ReadonlyMap<string, Date>> {
  const offline = list.banks.filter((bank) => !bank.online);
  if (offline.length === 0 || list.asOf === undefined) return new Map();
  const known = await currentStatuses(gateway.db, gateway.rail.name, list.model);
  const since = new Map(known.filter((status) => !status.online).map((status) => [status.bankId, status.since]));
  const { asOf } = list;
  return new Map(offline.map((bank) => [bank.id, since.get(bank.id) ?? asOf]));
}

export interface ChangePage {
  readonly items: readonly BankStatusChange[];
  readonly hasMore: boolean;
}

function isNamed(gateway: Gateway, bankId: string): boolean {
  return paymentModels.some((model) => gateway.rail.bankName(model, bankId) !== bankId);
}

/**
 * A page of what happened to a bank, newest first.
 * @throws GatewayError resource_missing for a bank of which nothing was ever heard
 */
export async function readStatusChanges(
  gateway: Gateway,
  asked: Omit<ChangeFilter, "rail"> & { readonly model: PaymentModel | null },
): Promise<ChangePage> {
  const found = await listChanges(gateway.db, { ...asked, rail: gateway.rail.name, limit: asked.limit + 1 });
  if (found.length === 0 && !isNamed(gateway, asked.bankId)) {
    const meta = { resource: "bank", id: asked.bankId.slice(0, 64), nearest: "" };
    throw new GatewayError("resource_missing", { meta });
  }
  return { items: found.slice(0, asked.limit), hasMore: found.length > asked.limit };
}
