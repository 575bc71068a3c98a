import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const required = { SIMULATOR_EXCHANGE_ID: "EX00000001", SIMULATOR_MERCHANT_PUBLIC_KEY_FILE: "merchant.pem" };

test("listens on loopback port 8081 when only the merchant is named", () => {
  expect(readSettings({ ...required, PATH: "/bin" })).toEqual({
    host: "127.0.0.1",
    port: 8081,
    exchangeId: "EX00000001",
    merchantPublicKeyFile: "merchant.pem",
  });
});

test("lists every bad, missing and unknown setting at once", () => {
  const read = readSettings({ SIMULATOR_PORT: "99999", SIMULATOR_GATEWAY_URL: "ftp://shop", SIMULATOR_PROT: "1" });
  const text = "faults" in read ? read.faults.join("\n") : "";
  for (const name of ["PORT", "GATEWAY_URL", "PROT", "EXCHANGE_ID", "MERCHANT_PUBLIC_KEY_FILE"]) {
    expect(text).toContain(`SIMULATOR_${name} `);
  }
});
