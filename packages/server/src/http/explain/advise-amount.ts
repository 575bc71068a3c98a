import { type Advice, type Facts, metaNumber, metaText } from "./facts.ts";
import { chooseAmount, inRinggit } from "./repair-amount.ts";
import { leftToCaller, sameCall } from "./same-call.ts";

interface Range {
  readonly amount: number;
  readonly least: number;
  readonly most: number;
}

const accounts: Readonly<Record<string, string>> = { b2c: " from a personal account", b2b1: " from a company account" };

function senAdvice({ amount, least, most }: Range, model: string): string[] {
  const isTooSmall = amount < least;
  const asSen = amount * 100;
  return [
    `Amounts are in sen here: ${amount} is ${inRinggit(amount)}. One payment may be ${least} to ${most} sen.`,
    ...(isTooSmall && asSen >= least && asSen <= most
      ? [`If ${amount} was meant in ringgit, multiply by 100: ${inRinggit(asSen)} is ${asSen} sen.`]
      : []),
    ...(isTooSmall
      ? []
      : ["If that is more than the order costs, look for a place that multiplies by 100 a second time."]),
    ...(!isTooSmall && model === "b2c" ? ['A company account can pay more: send "model": "b2b1".'] : []),
  ];
}

function ringgitAdvice({ amount, least, most }: Range): string[] {
  return [
    `Amounts are in ringgit here: one payment may be ${inRinggit(least)} to ${inRinggit(most)}.`,
    ...(amount > most
      ? [
          `If the order costs less than ${inRinggit(amount)}, look whether your program sends sen: here 12.50 is RM 12.50.`,
        ]
      : []),
  ];
}

/** An amount that FPX does not carry. No other is put in its place: that would sell the order for another sum. */
export function amountOutOfRange(facts: Facts): Advice {
  const range = {
    amount: metaNumber(facts, "amount"),
    least: metaNumber(facts, "minimum"),
    most: metaNumber(facts, "maximum"),
  };
  const { amount, least, most } = range;
  const isWire = facts.call.protocol === "wire";
  const model = metaText(facts, "model");
  const { call, notes } = leftToCaller(sameCall(facts), "amount");
  const taken = isWire ? `${inRinggit(least)} to ${inRinggit(most)}` : `${least} to ${most} sen`;
  return {
    why: `${inRinggit(amount)} cannot be paid over FPX: one payment${accounts[model] ?? ""} may be ${inRinggit(least)} to ${inRinggit(most)}.`,
    fix: isWire ? ringgitAdvice(range) : senAdvice(range, model),
    corrected: [call],
    notes: [...notes, `/amount: ${chooseAmount(isWire ? "ringgit" : "sen", taken)}`],
  };
}
