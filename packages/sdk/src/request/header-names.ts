/** What HTTP can carry in a header (RFC 9110, 5.5); platforms quote a value that is not, and would so tell a key. */
export const carried = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Header names are the same in any case, and one must not be sent twice. */
export function lowerCased(headers: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The name of a header that HTTP cannot carry; undefined when all can be. */
export function unsendable(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(headers).find(
    (name) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || !carried.test(headers[name] ?? ""),
  );
}
