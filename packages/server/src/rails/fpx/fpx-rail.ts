import type { KeyObject } from "node:crypto";
import type { PaymentModel } from "@kineticpay/contract/payment";
import { resolveBankId } from "@kineticpay/fpx/banks";
import type { FpxCertificate } from "@kineticpay/fpx/certificates";
import { type FpxDigest, sign } from "@kineticpay/fpx/checksum";
import { authorisationFields, authorisationRequest } from "@kineticpay/fpx/messages";
import { responseCode } from "@kineticpay/fpx/response-codes";
import { toFpxTime } from "@kineticpay/fpx/time";
import type { Clock } from "../../seams/clock.ts";
import type { Outbound } from "../../seams/outbound.ts";
import type { Rail } from "../rail.ts";
import { createBankDirectory, displayName } from "./bank-directory.ts";
import { enquire } from "./enquire.ts";
import { readConfirmation } from "./read-confirmation.ts";

/** Who this gateway is to FPX, and whom it believes. */
export interface FpxIdentity {
  readonly origin: string;
  readonly exchangeId: string;
  readonly sellerId: string;
  readonly sellerBankCode: string;
  readonly version: string;
  readonly digest: FpxDigest;
  readonly privateKey: KeyObject;
  /** FPX's certificates, current and next; read anew so that a roll-over needs no restart. */
  readonly certificates: () => readonly FpxCertificate[];
  readonly limits: Readonly<Record<PaymentModel, { minimumSen: number; maximumSen: number }>>;
}

export interface FpxParts {
  readonly identity: FpxIdentity;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** FPX online banking: the two-domain method of PayNet's seller merchant interface. */
export function createFpxRail(parts: FpxParts): Rail {
  const { identity, clock } = parts;
  const directory = createBankDirectory(parts);
  return {
    name: "fpx",
    handOffUrl: `${identity.origin}/FPXMain/seller2DReceiver.jsp`,
    limits: (model) => identity.limits[model],
    banks: (model) => directory.list(model),
    resolveBankId,
    bankName: displayName,
    begin(order) {
      const request = authorisationRequest({
        sellerExId: identity.exchangeId,
        sellerExOrderNo: order.orderNumber,
        sellerTxnTime: toFpxTime(order.at),
        sellerOrderNo: order.sellerOrderNumber,
        sellerId: identity.sellerId,
        sellerBankCode: identity.sellerBankCode,
        amountSen: order.amountSen,
        buyerEmail: order.buyerEmail,
        buyerName: order.buyerName,
        buyerBankId: order.bankId,
        productDescription: order.description,
        version: identity.version,
        model: order.model,
      });
      const sent = sign(request, authorisationFields, identity.privateKey, identity.digest);
      return { sent, facts: factsOf(sent) };
    },
    readCallback: (body) => readConfirmation(parts, body, clock.now()),
    enquire: (sent, timeoutMs) => enquire(parts, sent, timeoutMs),
    meaning(code) {
      const known = responseCode(code);
      return { title: known.meaning, reason: known.reason, message: known.meaning, buyer: known.buyer };
    },
  };
}

/** What an answer must repeat of the request: sum, currency, both parties and both order numbers, and the model. */
export function factsOf(fields: Readonly<Record<string, string>>): Record<string, string> {
  return {
    amount: fields["fpx_txnAmount"] ?? "",
    currency: fields["fpx_txnCurrency"] ?? "",
    exchange: fields["fpx_sellerExId"] ?? "",
    seller: fields["fpx_sellerId"] ?? "",
    exchange_order: fields["fpx_sellerExOrderNo"] ?? "",
    seller_order: fields["fpx_sellerOrderNo"] ?? "",
    model: fields["fpx_msgToken"] ?? "",
  };
}
