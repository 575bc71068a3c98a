import { idPrefixes } from "./ids.ts";

const longestWhole = 12;
const begun = 8;
/** A checkout's id is a secret, and stands nowhere but in the address of its page. */
const { checkout: _, ...shownPrefixes } = idPrefixes;
/** Something that was meant as an id of ours, also with a slip in it. */
const ownId = new RegExp(`^(${Object.values(shownPrefixes).join("|")})_[0-9A-Za-z]{0,30}$`);
/** Words joined as names are: `callback_url`, `callback-url`, `callbackUrl`. */
const words = /^[a-z]{1,16}(?:[_-]?[a-z]{1,16}|[A-Z][a-z]{1,15}){0,3}$/;

/**
 * A name, an id or a step of a path that a caller sent and nobody knows, as it may be shown back: whole when it is short, an
 * id or made of words. Anything else may be a secret that was pasted into the wrong place, and is only begun.
 */
export function shownText(text: string): string {
  if (text.length <= longestWhole || ownId.test(text) || (text.length <= 40 && words.test(text))) return text;
  return `${[...text].slice(0, begun).join("")}…`;
}

/** A path as it may be shown back, step by step. */
export function shownPath(path: string): string {
  return path.slice(0, 400).split("/").slice(0, 12).map(shownText).join("/");
}
