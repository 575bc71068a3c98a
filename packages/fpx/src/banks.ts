import type { FpxModel } from "./messages.ts";

/** A bank as FPX lists it for one model; several ids carry another name in the other model. */
export interface FpxBank {
  readonly id: string;
  /** The display name that FPX prescribes. */
  readonly name: string;
  readonly model: FpxModel;
  /** Offered by the exchange's test environment only. */
  readonly test?: true;
}

const personal: readonly (readonly [id: string, name: string])[] = [
  ["ABB0233", "Affin Bank"],
  ["AGRO01", "AGRONet"],
  ["ABMB0212", "Alliance Bank (Personal)"],
  ["AMBB0209", "AmBank"],
  ["BIMB0340", "Bank Islam"],
  ["BMMB0341", "Bank Muamalat"],
  ["BOCM01", "Bank Of China"],
  ["BKRM0602", "Bank Rakyat"],
  ["BSN0601", "BSN"],
  ["BCBB0235", "CIMB Clicks"],
  ["HLB0224", "Hong Leong Bank"],
  ["HSBC0223", "HSBC Bank"],
  ["KFH0346", "KFH"],
  ["MBB0228", "Maybank2E"],
  ["MB2U0227", "Maybank2U"],
  ["MBSB001", "MBSB Bank"],
  ["OCBC0229", "OCBC Bank"],
  ["PBB0233", "Public Bank"],
  ["RHB0218", "RHB Bank"],
  ["SCB0216", "Standard Chartered"],
  ["UOB0226", "UOB Bank"],
];

const corporate: readonly (readonly [id: string, name: string])[] = [
  ["ABB0232", "Affin Bank"],
  ["ABB0235", "AFFINMAX"],
  ["AGRO02", "AGRONetBIZ"],
  ["ABMB0213", "Alliance Bank (Business)"],
  ["AMBB0208", "AmBank"],
  ["BIMB0340", "Bank Islam"],
  ["BMMB0342", "Bank Muamalat"],
  ["BNP003", "BNP Paribas"],
  ["BCBB0235", "CIMB Bank"],
  ["CIT0218", "Citibank Corporate Banking"],
  ["DBB0199", "Deutsche Bank"],
  ["HLB0224", "Hong Leong Bank"],
  ["HSBC0223", "HSBC Bank"],
  ["BKRM0602", "i-bizRAKYAT"],
  ["KFH0346", "KFH"],
  ["MBB0228", "Maybank2E"],
  ["MBSB001", "MBSB Bank"],
  ["OCBC0229", "OCBC Bank"],
  ["PBB0234", "Public Bank PB enterprise"],
  ["PBB0233", "Public Bank PBe"],
  ["RHB0218", "RHB Bank"],
  ["SCB0215", "Standard Chartered"],
  ["UOB0227", "UOB Bank"],
  ["UOB0228", "UOB Regional"],
];

const testBoth: readonly (readonly [id: string, name: string])[] = [
  ["TEST0021", "SBI Bank A"],
  ["TEST0022", "SBI Bank B"],
  ["TEST0023", "SBI Bank C"],
];

const testPersonal: readonly (readonly [id: string, name: string])[] = [
  ["ABB0234", "Affin B2C - Test ID"],
  // Citibank left the production list when its retail arm was sold; the test environment still names it.
  ["CIT0219", "Citibank"],
  ["LOAD001", "Load Bank"],
  ["MBBM2U2", "M2U Test"],
  ["UOB0229", "UOB Bank - Test ID"],
];

const table: Readonly<Record<FpxModel, readonly FpxBank[]>> = {
  b2c: tableOf("b2c", personal, [...testBoth, ...testPersonal]),
  b2b1: tableOf("b2b1", corporate, testBoth),
};

/** Ids that shops still have in their settings, and the id that took their place. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["ABB0234", "ABB0233"],
  ["MBB0227", "MB2U0227"],
  ["UOB0229", "UOB0226"],
]);

/**
 * The known banks of a model, sorted by display name as FPX demands of a checkout page. Which of them are offered and
 * online is for the exchange's own list to say. To name an entry of that list look it up here by its exact id
 * (`findBank` would follow aliases, two of which are test ids of their own); an id without a name is shown as it is.
 */
export function banks(model: FpxModel): readonly FpxBank[] {
  return table[model];
}

/** The bank that an id, also an old one or one in lower case, stands for in this model; `undefined` when unknown. */
export function findBank(model: FpxModel, id: string): FpxBank | undefined {
  const current = resolveBankId(id);
  return table[model].find((bank) => bank.id === current);
}

/** The current id for one from a shop's settings: trimmed, upper-cased, old ids replaced. Unknown ids pass through. */
export function resolveBankId(id: string): string {
  const wanted = id.trim().toUpperCase();
  return aliases.get(wanted) ?? wanted;
}

function tableOf(
  model: FpxModel,
  live: readonly (readonly [string, string])[],
  test: readonly (readonly [string, string])[],
): readonly FpxBank[] {
  return [
    ...live.map(([id, name]): FpxBank => ({ id, name, model })),
    ...test.map(([id, name]): FpxBank => ({ id, name, model, test: true })),
  ].sort((a, b) => compareNames(a.name, b.name) || compareNames(a.id, b.id));
}

/** Compares without regard to case and without the machine's locale, so that every machine shows one order. */
function compareNames(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
