const secretHeaders = /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key)$/i;
const secretParameters = /^(merchant_key|api_key|key|token|secret)$/i;

/** A secret as it may be shown: how it begins and how it ends. */
export function hintOf(secret: string): string {
  const prefix = /^(kp_(?:test|live)_|whsec_)/.exec(secret)?.[0] ?? "";
  return secret.length >= prefix.length + 12 ? `${prefix}…${secret.slice(-4)}` : `${prefix}…`;
}

/** Headers as they may be shown. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const shown = (name: string, value: string) => {
    if (!secretHeaders.test(name)) return value;
    const [, scheme = "", secret = ""] = /^(\S+ )?([\s\S]*)$/.exec(value) ?? [];
    return `${scheme}${hintOf(secret)}`;
  };
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, shown(name, value)]));
}

/** An address as it may be shown. */
export function redactUrl(text: string): string {
  const at = text.indexOf("?");
  if (at === -1) return text;
  const query = new URLSearchParams(text.slice(at + 1));
  for (const [name, value] of [...query]) {
    if (secretParameters.test(name) && value !== "") query.set(name, hintOf(value));
  }
  return `${text.slice(0, at)}?${query}`;
}
