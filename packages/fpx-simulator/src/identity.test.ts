import { createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptable, loadCertificates } from "@kineticpay/fpx/certificates";
import { afterAll, expect, test } from "vitest";
import { openIdentity } from "./identity.ts";

const directory = mkdtempSync(join(tmpdir(), "fpx-identity-"));
afterAll(() => rmSync(directory, { recursive: true }));

const dayMs = 86_400_000;
const certificateText = () => readFileSync(join(directory, "certificates", "simulator.cer"), "utf8");

test("the key and certificate are made once, belong together, and are acceptable to the merchant side", async () => {
  const first = await openIdentity(directory, Date.now());
  const certificate = certificateText();
  const second = await openIdentity(directory, Date.now());
  expect(second.privateKey.equals(first.privateKey)).toBe(true);
  expect(certificateText()).toBe(certificate);
  const [loaded] = await loadCertificates(first.certificateDirectory);
  expect(loaded?.publicKey.equals(createPublicKey(first.privateKey))).toBe(true);
  expect(acceptable(loaded === undefined ? [] : [loaded], new Date())).toHaveLength(1);
});

test("a certificate that a simulated clock has outlived is renewed under the same key", async () => {
  const before = await openIdentity(directory, Date.now());
  const farMs = Date.now() + 25 * 365 * dayMs;
  const after = await openIdentity(directory, farMs);
  expect(after.privateKey.equals(before.privateKey)).toBe(true);
  const loaded = await loadCertificates(after.certificateDirectory);
  expect(acceptable(loaded, new Date(farMs))).toHaveLength(1);
  expect(acceptable(loaded, new Date())).toHaveLength(1);
});
