import { resolveBankId } from "@kineticpay/fpx/banks";
import { sign } from "@kineticpay/fpx/checksum";
import { authorisationFields, authorisationRequest } from "@kineticpay/fpx/messages";
import { responseCode } from "@kineticpay/fpx/response-codes";
import { toFpxTime } from "@kineticpay/fpx/time";
import type { Rail } from "../rail.ts";
import { createBankDirectory, displayName } from "./bank-directory.ts";
import { canEnquire, enquire } from "./enquire.ts";
import { factsOf } from "./facts.ts";
import type { FpxParts } from "./fpx-parts.ts";
import { readConfirmation } from "./read-confirmation.ts";

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
    canEnquire,
    enquire: (sent, timeoutMs) => enquire(parts, sent, timeoutMs),
    meaning(code) {
      const known = responseCode(code);
      return { title: known.meaning, reason: known.reason, message: known.meaning, buyer: known.buyer };
    },
  };
}
