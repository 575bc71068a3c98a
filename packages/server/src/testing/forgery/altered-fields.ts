import { entriesOf, type Forgery, formOf, type Genuine } from "./forgery.ts";

/** What is put before, after or into a value, as it stands in the form. */
const inserted: Readonly<Record<string, string>> = {
  ...{
    digit: "0",
    letter: "A",
    space: "+",
    "encoded space": "%20",
    tab: "%09",
    "line feed": "%0A",
    "carriage return": "%0D",
  },
  ...{ NUL: "%00", delete: "%7F", "C1 control": "%C2%85", bar: "|", "encoded bar": "%7C", "no-break space": "%C2%A0" },
  ...{ "zero-width space": "%E2%80%8B", "byte order mark": "%EF%BB%BF", "right-to-left mark": "%E2%80%8F" },
  ...{ "encoded plus": "%2B", quote: "'", "double quote": "%22", percent: "%25", "combining accent": "%CC%81" },
};

/** What decodes to nothing, or to different things for different readers. */
const undecodable = ["%", "%zz", "%E0%A4", "%C0%80", "%C1%BF", "%FF", "%ED%A0%80", "%F4%90%80%80", "%u0030"];

/** What takes a value's place. */
const replacements = [
  ...["0", "00", "99", "null", "undefined", "true", "NaN", "[]", "{}", "%5B%220%22%5D", "0x00", "1e2", "-1"],
  ...["'%20OR%20'1'%3D'1", "%3Cscript%3E", "..%2F..%2Fetc", "__proto__", "%7C%7C", "|", "A".repeat(5_000)],
];

const amounts = [
  "1250",
  "12.5000",
  "12.50e0",
  "-12.50",
  "%2B12.50",
  "12%2C50",
  "1.00",
  "0.00",
  "1250.00",
  "012.50",
  "Infinity",
];
const codes = ["00", "09", "99", "51", "80", "76", "96", "ZZ", "0", "0O", "00%20", "%EF%BC%90%EF%BC%90", "000", "OO"];

const wide = (text: string) =>
  text.replace(/[!-~]/g, (each) => String.fromCodePoint((each.codePointAt(0) ?? 0) + 0xfee0));
const swapCase = (text: string) =>
  text.replace(/[A-Za-z]/g, (each) => (each === each.toUpperCase() ? each.toLowerCase() : each.toUpperCase()));
const lookAlike = (text: string) =>
  text.replace(/[AEOPCX]/, (each) => ({ A: "А", E: "Е", O: "О", P: "Р", C: "С", X: "Х" })[each] ?? each);

/** Other raw texts for one value, each with a word for what was done. */
function otherValues(name: string, value: string): [what: string, raw: string][] {
  const raw = encodeURIComponent(value);
  const half = Math.floor(value.length / 2);
  const [head, tail] = [encodeURIComponent(value.slice(0, half)), encodeURIComponent(value.slice(half))];
  const made: [string, string][] = [];
  for (const [what, text] of Object.entries(inserted)) {
    made.push([`${what} after`, `${raw}${text}`], [`${what} before`, `${text}${raw}`]);
    if (half > 0) made.push([`${what} within`, `${head}${text}${tail}`]);
  }
  for (const text of undecodable) made.push([`undecodable ${text}`, `${raw}${text}`]);
  for (const text of replacements) made.push([`replaced by ${text.slice(0, 20)}`, text]);
  made.push(["encoded twice", value.replace(/./g, (each) => `%25${each.charCodeAt(0).toString(16)}`)]);
  made.push(["doubled", `${raw}${raw}`], ["cut at its end", encodeURIComponent(value.slice(0, -1))]);
  made.push(
    ["cut at its start", encodeURIComponent(value.slice(1))],
    ["reversed", encodeURIComponent([...value].reverse().join(""))],
  );
  made.push(["wide", encodeURIComponent(wide(value))], ["a look-alike", encodeURIComponent(lookAlike(value))]);
  made.push(["emptied", ""], ["only spaces", "+++"], ["lower", encodeURIComponent(value.toLowerCase())]);
  made.push(
    ["in the other case", encodeURIComponent(swapCase(value))],
    ["HTML entity", raw.replace(/^./, "%26%2348%3B")],
  );
  if (name === "fpx_txnAmount") for (const amount of amounts) made.push([`amount ${amount}`, amount]);
  if (name.endsWith("AuthCode")) for (const code of codes) made.push([`code ${code}`, code]);
  return made;
}

/** The same field under other names, once more, or not at all. */
function otherNames(entries: readonly [string, string][], at: number): [what: string, entries: [string, string][]][] {
  const [name = "", raw = ""] = entries[at] ?? [];
  const renamed = (other: string): [string, string][] =>
    entries.map((each, i) => (i === at ? [other, raw] : [...each]));
  const beside = (extra: [string, string], first: boolean): [string, string][] =>
    first ? [extra, ...entries] : [...entries, extra];
  return [
    ["left out", entries.filter((_, i) => i !== at)],
    ["in other letters", renamed(name.toUpperCase())],
    ["with a bracket", renamed(`${name}[]`)],
    ["with an index", renamed(`${name}[0]`)],
    ["with a space before", renamed(`+${name}`)],
    ["with a space after", renamed(`${name}+`)],
    ["with a NUL", renamed(`${name}%00`)],
    ["with a dot", renamed(name.replace("_", "."))],
    ["encoded and doubled", beside([`%66${name.slice(1)}`, raw], false)],
    ["doubled", beside([name, raw], false)],
    ["doubled at the front", beside([name, raw], true)],
    ["doubled with another value", beside([name, `${raw}0`], false)],
    ["doubled with another value at the front", beside([name, `${raw}0`], true)],
    ["doubled, empty", beside([name, ""], false)],
    ["doubled, empty, at the front", beside([name, ""], true)],
  ];
}

/** Values that move over the borders between fields, so that the text under the signature reads the same or nearly so. */
function movedBorders(entries: readonly [string, string][], order: readonly string[]): Forgery[] {
  const raws = new Map(entries);
  const made: Forgery[] = [];
  const without = (name: string, change: Readonly<Record<string, string>>) =>
    formOf(entries.filter(([each]) => each !== name).map(([each, raw]) => [each, change[each] ?? raw]));
  const withAll = (change: Readonly<Record<string, string>>) =>
    formOf(entries.map(([each, raw]) => [each, change[each] ?? raw]));
  order.slice(1).forEach((name, i) => {
    const before = order[i] ?? "";
    const [left, right] = [raws.get(before) ?? "", raws.get(name) ?? ""];
    for (const bar of ["|", "%7C"]) {
      made.push({
        what: `${before} takes in ${name} (${bar})`,
        body: without(name, { [before]: `${left}${bar}${right}` }),
      });
      made.push({
        what: `${name} takes in ${before} (${bar})`,
        body: without(before, { [name]: `${left}${bar}${right}` }),
      });
    }
    made.push({ what: `${before} gives way to ${name}`, body: withAll({ [before]: "", [name]: `${left}${right}` }) });
    made.push({ what: `${name} gives way to ${before}`, body: withAll({ [before]: `${left}${right}`, [name]: "" }) });
    const rest = order.slice(i);
    const shifted = rest.map((each, at) => [each, raws.get(rest[at + 1] ?? "") ?? ""] as const);
    made.push({ what: `all from ${before} on move up`, body: withAll(Object.fromEntries(shifted)) });
  });
  return made;
}

function swappedPairs(genuine: Genuine): Forgery[] {
  const entries = entriesOf(genuine);
  return entries.flatMap(([one, left], i) =>
    entries.slice(i + 1).map(([other, right]) => ({
      what: `${one} and ${other} change places`,
      body: formOf(entries.map(([name, raw]) => [name, name === one ? right : name === other ? left : raw])),
    })),
  );
}

/**
 * Every field of a genuine message, its checksum included, altered in every way that one can think of.
 * @param order the fields under the signature, in its order
 */
export function alterFields(genuine: Genuine, order: readonly string[]): Forgery[] {
  const entries = entriesOf(genuine);
  const made: Forgery[] = [];
  entries.forEach(([name], at) => {
    for (const [what, raw] of otherValues(name, genuine.fields[name] ?? "")) {
      made.push({ what: `${name}: ${what}`, body: formOf(entries.map((each, i) => (i === at ? [name, raw] : each))) });
    }
    for (const [what, others] of otherNames(entries, at)) made.push({ what: `${name}: ${what}`, body: formOf(others) });
  });
  return [...made, ...movedBorders(entries, order), ...swappedPairs(genuine)];
}
