import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sign } from "@kineticpay/fpx/checksum";
import { bankListFields, confirmationFields, encodeForm, type FpxFields, parseForm } from "@kineticpay/fpx/messages";
import { openIdentity } from "@kineticpay/fpx-simulator/identity";
import type { Exchange } from "../open-gateway.ts";
import { type Outbound, OutboundError } from "../seams/outbound.ts";

/** What the exchange says of an order when it is asked: the body of its answer, or nothing at all. */
export type Word = (sent: FpxFields) => string | undefined;

/**
 * An exchange within the test's own process: it has a key and a certificate, signs what it is told to say, and is asked
 * through the seam through which every call leaves a gateway. So whole messages go both ways, and nothing waits on a network.
 */
export interface PretendExchange {
  readonly exchange: Exchange;
  readonly outbound: Outbound;
  /** The signed confirmation of a request that was sent to the bank. */
  confirm(sent: FpxFields, code: string, change?: Readonly<Record<string, string>>): string;
  /** How every enquiry is answered from now on. */
  answerWith(word: Word): void;
  close(): Promise<void>;
}

const banksNow = "MB2U0227~A,BCBB0235~A,RHB0218~B";
const repeated = ["msgToken", "sellerExId", "sellerExOrderNo", "sellerId", "sellerOrderNo", "sellerTxnTime"];

/** An AC with all its fields, unsigned. The exchange numbers every order that it knows of. */
function confirmationOf(sent: FpxFields, code: string): FpxFields {
  const same = [...repeated, "txnAmount", "txnCurrency", "buyerBankId"].map((name) => [
    `fpx_${name}`,
    sent[`fpx_${name}`] ?? "",
  ]);
  const isKnown = code !== "76";
  return {
    ...Object.fromEntries(confirmationFields.map((name) => [name, ""])),
    ...Object.fromEntries(same),
    fpx_msgType: "AC",
    fpx_debitAuthCode: code,
    fpx_creditAuthCode: code === "00" ? "00" : "",
    fpx_fpxTxnId: isKnown ? "2607011200000001" : "",
    fpx_fpxTxnTime: isKnown ? "20260701120000" : "",
  };
}

export async function openPretendExchange(): Promise<PretendExchange> {
  const directory = await mkdtemp(path.join(tmpdir(), "kp-exchange-"));
  const identity = await openIdentity(directory, Date.now());
  const say = (fields: FpxFields, order: readonly string[]) => encodeForm(sign(fields, order, identity.privateKey));
  let word: Word = () => undefined;
  const answer = (url: string, asked: FpxFields): string | undefined => {
    if (!url.endsWith("/RetrieveBankList")) return word(asked);
    const { fpx_msgToken = "", fpx_sellerExId = "" } = asked;
    return say({ fpx_bankList: banksNow, fpx_msgToken, fpx_msgType: "BC", fpx_sellerExId }, bankListFields);
  };
  return {
    exchange: { origin: "http://exchange.test", certificateDirectory: identity.certificateDirectory },
    outbound: {
      async post({ url, body }) {
        const said = answer(url, parseForm(body));
        if (said === undefined) throw new OutboundError("unreachable", "the exchange is away");
        return { status: 200, headers: {}, body: said, truncated: false, durationMs: 0 };
      },
      close: async () => undefined,
    },
    confirm: (sent, code, change = {}) => say({ ...confirmationOf(sent, code), ...change }, confirmationFields),
    answerWith(next) {
      word = next;
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
