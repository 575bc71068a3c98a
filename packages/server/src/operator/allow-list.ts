import type { Office } from "../gateway.ts";
import { addressRangeForm, canonicalRange, mostRanges } from "../merchants/address-range.ts";
import { setKeyAllowList } from "../merchants/change-api-keys.ts";
import { setCollectionAllowList } from "../merchants/change-collections.ts";
import { readApiKey } from "../merchants/read-api-keys.ts";
import { readCollection } from "../merchants/read-collections.ts";
import { reader } from "./collections.ts";
import { type Command, OperatorError, type Options, type Printed, UsageError } from "./command.ts";
import { byOption, onlyWord, operatorOf, orNone } from "./words.ts";

const usage = "COLLECTION_ID|KEY_ID";
const lists = "collections list and keys list";

/** Entries in their stored form. */
function entriesOf(words: readonly string[]): string[] {
  return words.map((word) => {
    const entry = canonicalRange(word);
    if (entry === undefined) throw new UsageError(`${word} is not an entry: it must be ${addressRangeForm}`);
    return entry;
  });
}

function printed(id: string, list: readonly string[]): Printed {
  const text =
    list.length === 0 ? `${id} may be used from every address.` : `${id} may be used from:\n  ${list.join("\n  ")}`;
  return { text, json: { id, ip_allow_list: list } };
}

async function change(
  office: Office,
  id: string,
  options: Options,
  choose: (present: readonly string[]) => readonly string[],
): Promise<Printed> {
  const actor = operatorOf(options);
  const limited = (present: readonly string[]) => {
    const list = choose(present);
    if (list.length > mostRanges) throw new OperatorError(`A list holds at most ${mostRanges} entries; use ranges.`);
    return list;
  };
  const set = id.startsWith("key_") ? setKeyAllowList : setCollectionAllowList;
  const changed = orNone(await set(office, actor, id, limited), "collection or key", id, lists);
  return printed(id, changed.ipAllowList);
}

function split(words: readonly string[]): { id: string; entries: string[] } {
  const [id, ...rest] = words;
  if (id === undefined) throw new UsageError("name a collection or a key by its id");
  return { id, entries: entriesOf(rest) };
}

export const allowListShow: Command = {
  name: "allow-list show",
  usage,
  summary: "Show from where a collection's keys, or one key, may be used",
  options: {},
  run: async (office, words) => {
    const id = onlyWord(words, "collection or key");
    const found = id.startsWith("key_")
      ? await readApiKey(office, reader, id)
      : await readCollection(office, reader, id);
    return printed(id, orNone(found, "collection or key", id, lists).ipAllowList);
  },
};

export const allowListSet: Command = {
  name: "allow-list set",
  usage: `${usage} ENTRY… [--by NAME], or --everyone`,
  summary: "Replace an allow-list; --everyone empties it, which lets every address in",
  options: { everyone: { type: "boolean" }, ...byOption },
  run: (office, words, options) => {
    const { id, entries } = split(words);
    if ((options["everyone"] === true) === entries.length > 0) throw new UsageError("give entries, or --everyone");
    return change(office, id, options, () => entries);
  },
};

export const allowListAdd: Command = {
  name: "allow-list add",
  usage: `${usage} ENTRY… [--by NAME]`,
  summary: "Add to an allow-list; the first entry shuts every other address out",
  options: byOption,
  run: (office, words, options) => {
    const { id, entries } = split(words);
    if (entries.length === 0) throw new UsageError("give one entry or more");
    return change(office, id, options, (present) => [...new Set([...present, ...entries])]);
  },
};

export const allowListRemove: Command = {
  name: "allow-list remove",
  usage: `${usage} ENTRY… [--by NAME]`,
  summary: "Take entries out of an allow-list",
  options: byOption,
  run: (office, words, options) => {
    const { id, entries } = split(words);
    if (entries.length === 0) throw new UsageError("give one entry or more");
    return change(office, id, options, (present) => {
      const absent = entries.filter((entry) => !present.includes(entry));
      if (absent.length > 0) throw new OperatorError(`Not on the list as it stands: ${absent.join(", ")}.`);
      const left = present.filter((entry) => !entries.includes(entry));
      // An empty list lets everybody in, which nobody expects of taking an entry away.
      if (left.length === 0)
        throw new OperatorError('That would let every address in. If so, "allow-list set … --everyone".');
      return left;
    });
  },
};
