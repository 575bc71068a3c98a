import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { sign } from "@kineticpay/fpx/checksum";
import {
  authorisationFields,
  authorisationRequest,
  bankListRequest,
  bankListRequestFields,
  encodeForm,
  enquiryRequest,
  type FpxFields,
  type FpxModel,
  parseReply,
} from "@kineticpay/fpx/messages";

export const exchangeId = "EX00000001";
export const sellerId = "SE00000001";

export interface Order {
  readonly orderNo?: string;
  readonly sellerOrderNo?: string;
  readonly bankId?: string;
  readonly model?: FpxModel;
  readonly amountSen?: number;
}

export interface Merchant {
  readonly publicKeyPem: string;
  readonly privateKey: KeyObject;
  /** A signed AR; every order gets a number of its own unless told otherwise. */
  authorise(order?: Order): FpxFields;
  signed(fields: FpxFields): FpxFields;
  /** Posts the AE for an AR and gives the raw reply. */
  enquire(simulatorUrl: string, authorisation: FpxFields): Promise<string>;
  /** Posts a BE and gives the raw reply. */
  listBanks(simulatorUrl: string, model: FpxModel): Promise<string>;
}

/** A merchant exchange with a fresh key. */
export function createMerchant(): Merchant {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let count = 0;
  const signed = (fields: FpxFields): FpxFields => sign(fields, authorisationFields, privateKey);
  return {
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey,
    signed,
    authorise(order = {}) {
      count += 1;
      const input = {
        sellerExId: exchangeId,
        sellerExOrderNo: order.orderNo ?? `X${count}`,
        sellerTxnTime: "20260701120000",
        sellerOrderNo: order.sellerOrderNo ?? `S${count}`,
        sellerId,
        sellerBankCode: "01",
        amountSen: order.amountSen ?? 1_050,
        buyerBankId: order.bankId ?? "TEST0021",
        productDescription: "A book",
        version: "7.0",
        model: order.model ?? "b2c",
      };
      return signed(authorisationRequest(input));
    },
    enquire: (url, authorisation) =>
      postText(`${url}/FPXMain/sellerNVPTxnStatus.jsp`, signed(enquiryRequest(authorisation))),
    listBanks(url, model) {
      const request = bankListRequest({ sellerExId: exchangeId, model, version: "7.0" });
      return postText(`${url}/FPXMain/RetrieveBankList`, sign(request, bankListRequestFields, privateKey));
    },
  };
}

/** The fields of a reply that is not the bare `ERROR`. */
export function replyFields(raw: string): FpxFields {
  const reply = parseReply(raw);
  if (reply === "ERROR") throw new Error("the exchange answered ERROR");
  return reply;
}

/** Posts form text and gives the text of the answer. */
export async function postText(url: string, fields: FpxFields): Promise<string> {
  return (await postForm(url, fields)).text();
}

/** Posts a form without following redirects, as a browser would send it. */
export function postForm(url: string, fields: FpxFields | string): Promise<Response> {
  return fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: typeof fields === "string" ? fields : encodeForm(fields),
  });
}
