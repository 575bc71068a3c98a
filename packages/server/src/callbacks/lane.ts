/**
 * Whom a delivery to a payment's callback address can hold up: the merchant's shop at that origin, whatever the path, since
 * shops put order numbers into their addresses. Deliveries to an endpoint have its id as their lane.
 */
export function laneOf(merchantId: string, url: string): string {
  return `${merchantId} ${URL.canParse(url) ? new URL(url).origin : ""}`;
}
