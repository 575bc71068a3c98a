/** A key as it may be shown: its beginning and its last four characters, as the gateway shows it. */
export function keyHint(key: string): string {
  const prefix = /^kp_(test|live)_/.exec(key)?.[0] ?? key.slice(0, 3);
  return key.length < 12 ? "…" : `${prefix}…${key.slice(-4)}`;
}

/** The mode that a key is for, by its beginning; undefined for what is no API key. */
export function keyMode(key: string): "sandbox" | "live" | undefined {
  if (key.startsWith("kp_test_")) return "sandbox";
  return key.startsWith("kp_live_") ? "live" : undefined;
}
