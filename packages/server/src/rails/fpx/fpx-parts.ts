import type { KeyObject } from "node:crypto";
import type { PaymentModel } from "@kineticpay/contract/payment";
import type { FpxCertificate } from "@kineticpay/fpx/certificates";
import type { FpxDigest } from "@kineticpay/fpx/checksum";
import type { Clock } from "../../seams/clock.ts";
import type { Outbound } from "../../seams/outbound.ts";
import type { BankList } from "../rail.ts";

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
  /** Told of every list that FPX gives, once; must not throw. */
  readonly onBankList?: (list: BankList) => void;
}
