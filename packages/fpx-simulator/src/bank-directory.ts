import { banks, type FpxBank } from "@kineticpay/fpx/banks";
import { type FpxModel, messageToken } from "@kineticpay/fpx/messages";

/** The bank with exactly this id; aliases are not followed, since two of them are test banks of their own here. */
export function bankById(model: FpxModel, bankId: string): FpxBank | undefined {
  return banks(model).find((bank) => bank.id === bankId);
}

/** The name to show for a bank: its display name, else the bare id. */
export function bankName(model: FpxModel, bankId: string): string {
  return bankById(model, bankId)?.name ?? bankId;
}

/** The model that a `fpx_msgToken` stands for; undefined for B2B2 and anything unknown. */
export function modelOfToken(token: string | undefined): FpxModel | undefined {
  if (token === messageToken.b2c) return "b2c";
  return token === messageToken.b2b1 ? "b2b1" : undefined;
}

/** `fpx_bankList`: every bank of the model as `ID~A` or `ID~B`. Not sorted by name, as in life. */
export function bankListText(model: FpxModel, isOnline: (bankId: string) => boolean): string {
  const ids = banks(model).map((bank) => bank.id);
  return ids
    .sort((a, b) => (a < b ? 1 : -1))
    .map((id) => `${id}~${isOnline(id) ? "A" : "B"}`)
    .join(",");
}
