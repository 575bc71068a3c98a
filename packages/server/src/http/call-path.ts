/** The path of a call, without what stands behind the question mark, where secrets may be. */
export function pathOf(url: string): string {
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}

/** Whether a call speaks the KineticPay protocol, whose errors have a shape of their own. */
export function isWirePath(url: string): boolean {
  return url.startsWith("/payment/");
}

/** By which protocol a program calls; undefined for pages for people, health and the bank's messages. */
export function protocolOf(url: string): "v2" | "wire" | undefined {
  if (url.startsWith("/api/")) return "v2";
  return isWirePath(url) ? "wire" : undefined;
}
