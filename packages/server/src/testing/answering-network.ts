import type { Gateway } from "../gateway.ts";
import type { RailMessage } from "../rails/rail.ts";

/** The same gateway, with a bank network that answers enquiries as the test says, or throws as it would. */
export function withNetwork(gateway: Gateway, enquire: (orderNumber: string) => Promise<RailMessage>): Gateway {
  const asked = (sent: Readonly<Record<string, string>>) => enquire(sent["fpx_sellerExOrderNo"] ?? "");
  return { ...gateway, rail: { ...gateway.rail, enquire: asked } };
}
