import type { PaymentModel } from "@kineticpay/contract/payment";
import { banks } from "@kineticpay/fpx/banks";
import { verifyWithAny } from "@kineticpay/fpx/certificates";
import { sign } from "@kineticpay/fpx/checksum";
import {
  bankListFields,
  bankListRequest,
  bankListRequestFields,
  messageToken,
  parseBankList,
} from "@kineticpay/fpx/messages";
import { type BankList, EnquiryFailed, type RailBank } from "../rail.ts";
import { exchange } from "./enquire.ts";
import type { FpxParts } from "./fpx-parts.ts";

const cacheMs = 5_000;
/** After a failed enquiry, so that a network that is away is not asked by every buyer who looks at a page. */
const pauseMs = 2_000;
const timeoutMs = 4_000;

export interface BankDirectory {
  list(model: PaymentModel): Promise<BankList>;
}

/**
 * The name that FPX shows for an id, or the id itself. Aliases are not followed here: two of them are also the ids of
 * test banks, which would then appear under a real bank's name.
 */
export function displayName(model: PaymentModel, id: string): string {
  return banks(model).find((bank) => bank.id === id)?.name ?? id;
}

/** FPX wants banks in the alphabetical order of their display names. */
function sorted(list: readonly RailBank[]): RailBank[] {
  return [...list].sort(
    (a, b) => a.name.localeCompare(b.name, "en", { sensitivity: "base" }) || (a.id < b.id ? -1 : 1),
  );
}

/** The banks we know of by name, for when FPX cannot be asked: better to let a buyer try than to stop every sale. */
function fromTable(model: PaymentModel): BankList {
  const list = banks(model).filter((bank) => bank.test !== true);
  return {
    model,
    banks: sorted(list.map((bank) => ({ id: bank.id, name: bank.name, online: true }))),
    asOf: undefined,
  };
}

async function fromNetwork(parts: FpxParts, model: PaymentModel): Promise<BankList> {
  const { identity, clock } = parts;
  const request = sign(
    bankListRequest({ sellerExId: identity.exchangeId, model, version: identity.version }),
    bankListRequestFields,
    identity.privateKey,
    identity.digest,
  );
  const { fields } = await exchange(parts, "fpx.list_banks", "/FPXMain/RetrieveBankList", request, timeoutMs);
  const now = clock.now();
  const verified = verifyWithAny(fields, bankListFields, identity.certificates(), now, identity.digest);
  const ours = fields["fpx_msgToken"] === messageToken[model] && fields["fpx_sellerExId"] === identity.exchangeId;
  if (verified === undefined || fields["fpx_msgType"] !== "BC" || !ours) {
    throw new EnquiryFailed("bad_response", "the bank list could not be verified");
  }
  const list = parseBankList(fields["fpx_bankList"] ?? "").map((bank) => ({
    id: bank.bankId,
    name: displayName(model, bank.bankId),
    online: bank.online,
  }));
  return { model, banks: sorted(list), asOf: now };
}

/** The list of banks, asked of FPX at most every few seconds and once at a time, however many buyers look. */
export function createBankDirectory(parts: FpxParts): BankDirectory {
  const kept = new Map<PaymentModel, { list: BankList; until: number }>();
  const underway = new Map<PaymentModel, Promise<BankList>>();
  const keep = (model: PaymentModel, list: BankList, forMs: number): BankList => {
    kept.set(model, { list, until: parts.clock.now().getTime() + forMs });
    return list;
  };
  const fetchList = async (model: PaymentModel): Promise<BankList> => {
    try {
      return keep(model, await fromNetwork(parts, model), cacheMs);
    } catch {
      const last = kept.get(model)?.list;
      return keep(model, last ?? fromTable(model), pauseMs);
    } finally {
      underway.delete(model);
    }
  };
  return {
    list(model) {
      const current = kept.get(model);
      if (current !== undefined && current.until > parts.clock.now().getTime()) return Promise.resolve(current.list);
      const running = underway.get(model) ?? fetchList(model);
      underway.set(model, running);
      return running;
    },
  };
}
