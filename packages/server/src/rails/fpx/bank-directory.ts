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
/** How long a bank is believed to be as the network last said, while the network cannot be asked. */
const believedMs = 60_000;
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

/**
 * The banks that were in the last list, or those we know by name, for when FPX cannot be asked: better to let a buyer try than
 * to stop every sale.
 */
function assumedOnline(model: PaymentModel, last: BankList | undefined): readonly RailBank[] {
  if (last !== undefined) return last.banks.map((bank) => ({ ...bank, online: true }));
  const known = banks(model).filter((bank) => bank.test !== true);
  return sorted(known.map((bank) => ({ id: bank.id, name: bank.name, online: true })));
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

/** What is known of the banks of one model. */
interface Known {
  /** The last list that FPX gave. */
  readonly last: BankList | undefined;
  /** What became of the last enquiry, if it failed. */
  readonly fault: EnquiryFailed | undefined;
  /** From when on FPX is asked again. */
  readonly askAfterMs: number;
}

/** What there is to tell at this moment without asking. */
function told(model: PaymentModel, { last, fault }: Known, nowMs: number): BankList {
  if (last?.asOf !== undefined && nowMs - last.asOf.getTime() < believedMs) return { ...last, fault };
  return { model, banks: assumedOnline(model, last), asOf: undefined, fault };
}

/** The list of banks, asked of FPX at most every few seconds and once at a time, however many buyers look. */
export function createBankDirectory(parts: FpxParts): BankDirectory {
  const known = new Map<PaymentModel, Known>();
  const underway = new Map<PaymentModel, Promise<Known>>();
  const nowMs = () => parts.clock.now().getTime();
  const ask = async (model: PaymentModel): Promise<Known> => {
    try {
      const last = await fromNetwork(parts, model);
      parts.onBankList?.(last);
      return { last, fault: undefined, askAfterMs: nowMs() + cacheMs };
    } catch (error) {
      const fault =
        error instanceof EnquiryFailed
          ? error
          : new EnquiryFailed("bad_response", "the bank list cannot be read", error);
      return { last: known.get(model)?.last, fault, askAfterMs: nowMs() + pauseMs };
    }
  };
  const refresh = (model: PaymentModel): Promise<Known> => {
    const running =
      underway.get(model) ??
      ask(model).then((found) => {
        known.set(model, found);
        underway.delete(model);
        return found;
      });
    underway.set(model, running);
    return running;
  };
  return {
    async list(model) {
      const current = known.get(model);
      if (current !== undefined && current.askAfterMs > nowMs()) return told(model, current, nowMs());
      const asked = refresh(model);
      // Nobody waits for a network that did not answer the last time: whoever asks next learns what came of it.
      return told(model, current?.fault === undefined ? await asked : current, nowMs());
    },
  };
}
