import type { FieldFault } from "@kineticpay/contract/errors/field-fault";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { PaymentModel } from "@kineticpay/contract/payment";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../../../gateway.ts";
import { createPayment } from "../../../payments/create-payment.ts";
import { publicUrl } from "../../../payments/payment-view.ts";
import { readCreateFields } from "./create-fields.ts";
import { enterMerchant } from "./merchant-key.ts";
import type { WireFields } from "./read-fields.ts";
import { submitForm } from "./submit-form.ts";

const expiresInS = 24 * 60 * 60;

export interface WireCreated {
  readonly html: string;
  readonly id: string;
  readonly invoice: string;
  readonly checkout_url: string;
}

/**
 * The bank that a shop named, if the rail has it by name. The network is not asked: creating a payment must not wait for
 * it, and a bank that is offline is said so on our page. A payment is a person's unless its bank serves companies alone.
 */
function bankAndModel(gateway: Gateway, bank: string): { bankId: string | null; model: PaymentModel } {
  const id = gateway.rail.resolveBankId(bank);
  const serves = (model: PaymentModel) => id !== "" && gateway.rail.bankName(model, id) !== id;
  if (serves("b2c")) return { bankId: id, model: "b2c" };
  return serves("b2b1") ? { bankId: id, model: "b2b1" } : { bankId: null, model: "b2c" };
}

function fieldsInvalid(faults: readonly FieldFault[]): GatewayError {
  return new GatewayError("fields_invalid", {
    meta: { count: faults.length, paths: faults.map((fault) => fault.path) },
    fields: faults,
  });
}

/**
 * `POST /payment/create`.
 * @throws GatewayError key_*, api_not_enabled, ip_not_allowed, scope_missing, fields_invalid, amount_out_of_range,
 *   invoice_already_paid, invoice_conflict
 */
export async function createWirePayment(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  fields: WireFields,
): Promise<WireCreated> {
  const caller = await enterMerchant(gateway, request, reply, fields, "payments:write");
  const read = readCreateFields(fields);
  if ("faults" in read) throw fieldsInvalid(read.faults);
  const { bank, ...asked } = read.value;
  const { payment } = await createPayment(gateway, caller, {
    ...asked,
    ...bankAndModel(gateway, bank),
    protocol: "wire",
    buyer: {},
    expiresInS,
    locale: "en",
    metadata: {},
  });
  const checkoutUrl = `${publicUrl(gateway)}/checkout/${payment.checkoutId}`;
  return {
    html: submitForm(gateway, { checkoutUrl, invoice: payment.invoice }),
    id: payment.id,
    invoice: payment.invoice,
    checkout_url: checkoutUrl,
  };
}
