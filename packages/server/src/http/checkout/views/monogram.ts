/** Two letters that stand in for a logo, since banks' marks are theirs: "Affin Bank" gives "AB", "CIMB Clicks" "CI". */
export function monogram(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "" && word.toLowerCase() !== "of");
  const first = [...(words[0] ?? "")];
  const isAcronym = first.length >= 3 && first.slice(0, 3).every((letter) => /\p{Lu}/u.test(letter));
  const second = isAcronym ? undefined : [...(words[1] ?? "")][0];
  return `${first[0] ?? "?"}${second ?? first[1] ?? ""}`.toUpperCase();
}

/** Which of eight tints a bank's tile has: always the same one for the same bank. */
export function tint(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % 8;
}
