import type { PaymentModel } from "@kineticpay/contract/payment";

/** A bank that buyers of one model can pay from, with what the network last said of it. */
export interface RailBank {
  readonly id: string;
  /** The network's display name; the id where the network has no name for it. */
  readonly name: string;
  readonly online: boolean;
}

export interface BankList {
  readonly model: PaymentModel;
  readonly banks: readonly RailBank[];
  /** When the network said so; undefined when it said nothing lately that can be believed, and all are assumed online. */
  readonly asOf: Date | undefined;
  /** Why the network could not be asked just now, where it could not. */
  readonly fault?: Pick<EnquiryFailed, "reason"> | undefined;
}

/** What the rail needs to know to send one buyer to one bank. */
export interface AttemptOrder {
  readonly orderNumber: string;
  readonly sellerOrderNumber: string;
  readonly amountSen: number;
  readonly model: PaymentModel;
  readonly bankId: string;
  readonly description: string;
  readonly buyerName: string;
  readonly buyerEmail: string;
  readonly at: Date;
}

/** The request that leaves with the buyer's browser, and what every answer to it must repeat. */
export interface HandOff {
  readonly sent: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * What the rail says happened. `uncertain`: it says failed, yet money may have moved. `not_found`: it does not know
 * the order. Whatever is not understood is `pending`.
 */
export type Outcome = "succeeded" | "pending" | "awaiting_approval" | "failed" | "uncertain" | "not_found";

export interface Verdict {
  readonly outcome: Outcome;
  /** The rail's own code. */
  readonly code: string;
  readonly reason: string;
  readonly knownCode: boolean;
  /** True when the buyer's side is certain but the merchant's bank has not confirmed its own. */
  readonly creditUnconfirmed: boolean;
  readonly transactionId: string;
  readonly details: Readonly<Record<string, string>>;
}

/** A message whose signature was checked and found good. Nothing else ever becomes one. */
export interface RailMessage {
  readonly orderNumber: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly verdict: Verdict;
  readonly body: string;
  /** Fingerprint of the certificate that verified it. */
  readonly certificate: string;
}

/** A message that must not be believed, and why. It changes nothing and is not acknowledged. */
export class MessageRejected extends Error {
  readonly reason: "malformed" | "unverified" | "not_ours";
  constructor(reason: MessageRejected["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Why an enquiry brought no believable answer. */
export class EnquiryFailed extends Error {
  readonly reason: "timeout" | "unreachable" | "bad_response";
  /** True when the network was not there to answer; false when it answered, if only with nonsense. */
  readonly isTransportFault: boolean;
  constructor(
    reason: EnquiryFailed["reason"],
    message: string,
    cause?: unknown,
    isTransportFault = reason !== "bad_response",
  ) {
    super(message, { cause });
    this.reason = reason;
    this.isTransportFault = isTransportFault;
  }
}

export interface CodeMeaning {
  /** The network's own short name of the code, such as "Approved". */
  readonly title: string;
  readonly reason: string;
  readonly message: string;
  readonly buyer: { readonly en: string; readonly ms: string };
}

/** A stateless translator to a bank network. It never sees the database, and never decides what a payment becomes. */
export interface Rail {
  readonly name: string;
  /** Smallest and largest amount of one payment, in sen. */
  limits(model: PaymentModel): { readonly minimumSen: number; readonly maximumSen: number };
  /**
   * The live list, shared for some seconds between callers. While the network is away nobody waits for it: what it said
   * within the last minute is told, and after that every bank, as one that may be online.
   */
  banks(model: PaymentModel): Promise<BankList>;
  /** Today's id for an id that a shop may have stored long ago. */
  resolveBankId(id: string): string;
  /** The display name of a bank, or its id where there is none. */
  bankName(model: PaymentModel, id: string): string;
  begin(order: AttemptOrder): HandOff;
  /** Where the hand-off form goes. */
  readonly handOffUrl: string;
  /** Throws MessageRejected. */
  readCallback(body: string): RailMessage;
  /** False where an order cannot be asked about any more, since what was sent is not kept whole: its buyer's data was erased. */
  canEnquire(sent: Readonly<Record<string, string>>): boolean;
  /** Asks what became of an order. Throws EnquiryFailed, or MessageRejected for an answer that does not verify. */
  enquire(sent: Readonly<Record<string, string>>, timeoutMs: number): Promise<RailMessage>;
  /** What a code means, to a developer and to a buyer. */
  meaning(code: string): CodeMeaning;
}
