/** What the stand-alone program is told by its environment. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory?: string;
  readonly gatewayUrl?: string;
  readonly exchangeId: string;
  readonly merchantPublicKeyFile: string;
}

const names = [
  "SIMULATOR_HOST",
  "SIMULATOR_PORT",
  "SIMULATOR_DATA_DIR",
  "SIMULATOR_GATEWAY_URL",
  "SIMULATOR_EXCHANGE_ID",
  "SIMULATOR_MERCHANT_PUBLIC_KEY_FILE",
];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the `SIMULATOR_*` settings.
 * @returns the settings, or every fault in them at once, one sentence each.
 */
export function readSettings(environment: Environment): Settings | { readonly faults: readonly string[] } {
  const value = (name: string): string | undefined => environment[name] || undefined;
  const port = value("SIMULATOR_PORT") ?? "8081";
  const dataDirectory = value("SIMULATOR_DATA_DIR");
  const gatewayUrl = value("SIMULATOR_GATEWAY_URL");
  const exchangeId = value("SIMULATOR_EXCHANGE_ID");
  const merchantPublicKeyFile = value("SIMULATOR_MERCHANT_PUBLIC_KEY_FILE");
  const faults = Object.keys(environment)
    .filter((name) => name.startsWith("SIMULATOR_") && !names.includes(name))
    .map((name) => `${name} is not a setting; there are ${names.join(", ")}.`);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) faults.push("SIMULATOR_PORT must be a number from 0 to 65535.");
  if (gatewayUrl !== undefined && !isHttpUrl(gatewayUrl)) faults.push("SIMULATOR_GATEWAY_URL must be an http(s) URL.");
  if (exchangeId === undefined)
    faults.push("SIMULATOR_EXCHANGE_ID must be the merchant's exchange id, like EX00000001.");
  if (merchantPublicKeyFile === undefined) {
    faults.push("SIMULATOR_MERCHANT_PUBLIC_KEY_FILE must name a PEM file with the merchant exchange's public key.");
  }
  if (faults.length > 0 || exchangeId === undefined || merchantPublicKeyFile === undefined) return { faults };
  return {
    host: value("SIMULATOR_HOST") ?? "127.0.0.1",
    port: Number(port),
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
    ...(gatewayUrl === undefined ? {} : { gatewayUrl }),
    exchangeId,
    merchantPublicKeyFile,
  };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
