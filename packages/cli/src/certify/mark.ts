import type { KineticPayEvent } from "kineticpay";

/** Marks the payments of `certify` in their metadata. */
export const certifyMark = "kineticpay_certify";

/** True for what happens to a payment of `certify`, which itself tells the shop of it, in its own way. */
export function isOfCertify({ data }: KineticPayEvent): boolean {
  const { metadata } = data as { readonly metadata?: Readonly<Record<string, unknown>> };
  return metadata?.[certifyMark] === true;
}
