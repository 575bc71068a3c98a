import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509CertificateGenerator } from "@peculiar/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acceptable, expiryWarnings, type FpxCertificate, loadCertificates, verifyWithAny } from "./certificates.ts";
import { sign } from "./checksum.ts";
import { bankListFields } from "./messages.ts";

interface Issued {
  readonly pem: string;
  readonly der: Buffer;
  readonly privateKey: KeyObject;
}

describe("a directory of certificates", () => {
  it("gives every certificate in it, PEM, DER or several to a file, the first to end in front", async () => {
    const directory = await directoryOf({
      "next.PEM": issued.third.pem,
      "current.cer": issued.first.der,
      "bundle.crt": `bag attributes\n${issued.second.pem}${issued.first.pem}`,
      "notes.txt": "not a certificate",
    });
    const certificates = await loadCertificates(directory);
    expect(certificates.map((certificate) => [certificate.file, certificate.subject])).toEqual([
      ["bundle.crt", "CN=first"],
      ["bundle.crt", "CN=second"],
      ["next.PEM", "CN=third"],
    ]);
    const [first] = certificates;
    expect(first?.notBefore.toISOString()).toBe("2024-01-16T00:00:00.000Z");
    expect(first?.notAfter.toISOString()).toBe("2025-01-15T23:59:59.000Z");
    expect(first?.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it("that holds a file which is no certificate is refused with the file's name and nothing of its content", async () => {
    for (const content of ["-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n", "", "secret"]) {
      const directory = await directoryOf({ "good.pem": issued.first.pem, "wrong.cer": content });
      const fault = await loadCertificates(directory).then(String, String);
      expect(fault).toBe("Error: The file wrong.cer holds no X.509 certificate");
    }
  });

  it("that holds a key too short to be believed is refused", async () => {
    const weak = await issue("weak", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", 1024);
    await expect(loadCertificates(await directoryOf({ "weak.pem": weak.pem }))).rejects.toThrow(/weak\.pem.*2048/);
  });

  it("that is empty gives none, and one that is missing is an error", async () => {
    const directory = await directoryOf({});
    expect(await loadCertificates(directory)).toEqual([]);
    await expect(loadCertificates(join(directory, "missing"))).rejects.toThrow();
  });
});

// Third ends 2026-12-19 and starts 2025-11-20; second ends 2025-12-19; first ends 2025-01-16 at 07:59 in Malaysia.
describe("the roll-over", () => {
  it.each([
    ["before anything is valid", "2023-01-01T00:00:00Z", ""],
    ["while one alone is valid", "2024-06-01T00:00:00Z", "first"],
    ["while the successor already lies there", "2024-12-25T00:00:00Z", "first"],
    ["one second before the last day", "2025-01-14T15:59:59Z", "first"],
    ["when the last day begins in Malaysia", "2025-01-14T16:00:00Z", "second first"],
    ["one second before the last day is over", "2025-01-15T15:59:59Z", "second first"],
    ["after the last day, though the old one has hours to run", "2025-01-15T16:00:00Z", "second"],
    ["on the successor's own last day", "2025-12-18T04:00:00Z", "third second"],
    ["once two have ended", "2026-06-01T00:00:00Z", "third"],
    ["on the very last day with none to follow", "2026-12-18T04:00:00Z", "third"],
    ["after everything has ended", "2026-12-19T04:00:00Z", ""],
  ])("%s believes exactly the right ones, in the right order", (_name, at, expected) => {
    expect(names(acceptable([...all].reverse(), new Date(at)))).toBe(expected);
  });

  it("does not believe a successor before it is valid, even on the last day", () => {
    const early = all.filter(({ subject }) => subject !== "CN=second");
    expect(names(acceptable(early, new Date("2025-01-15T04:00:00Z")))).toBe("first");
    expect(names(acceptable(early, new Date("2025-02-01T04:00:00Z")))).toBe("");
  });

  it("treats certificates that end on one day as one", () => {
    const [first, second] = all;
    if (!first || !second) throw new Error("The certificates are missing");
    const twin = { ...second, subject: "CN=twin", notBefore: first.notBefore, notAfter: first.notAfter };
    expect(names(acceptable([first, twin, second], new Date("2024-06-01T00:00:00Z")))).toBe("first twin");
    expect(names(acceptable([first, twin, second], new Date("2025-01-15T04:00:00Z")))).toBe("second first twin");
  });

  it("lets a message be proved by either on the last day and by the successor alone afterwards", () => {
    const proof = (by: Issued, at: string) =>
      verifyWithAny(sign(message, bankListFields, by.privateKey), bankListFields, all, new Date(at))?.subject;
    expect(proof(issued.first, "2025-01-15T04:00:00Z")).toBe("CN=first");
    expect(proof(issued.second, "2025-01-15T04:00:00Z")).toBe("CN=second");
    expect(proof(issued.second, "2025-01-01T04:00:00Z")).toBeUndefined();
    expect(proof(issued.first, "2025-01-16T04:00:00Z")).toBeUndefined();
    expect(proof(issued.second, "2025-01-16T04:00:00Z")).toBe("CN=second");
  });

  it("proves a message under the digest that was asked for only", () => {
    const signed = sign(message, bankListFields, issued.first.privateKey, "sha256");
    const at = new Date("2024-06-01T00:00:00Z");
    expect(verifyWithAny(signed, bankListFields, all, at, "sha256")?.subject).toBe("CN=first");
    expect(verifyWithAny(signed, bankListFields, all, at)).toBeUndefined();
  });
});

describe("expiry warnings", () => {
  it.each([
    ["2026-10-18T04:00:00Z", undefined],
    ["2026-10-19T04:00:00Z", [60, 60]],
    ["2026-11-17T04:00:00Z", [31, 60]],
    ["2026-11-18T04:00:00Z", [30, 30]],
    ["2026-12-11T04:00:00Z", [7, 7]],
    ["2026-12-18T04:00:00Z", [0, 7]],
    ["2026-12-19T04:00:00Z", [-1, 7]],
  ])("count the days to the last one's last day at %s", (at, expected) => {
    const warnings = expiryWarnings(all, new Date(at));
    expect(warnings.map(({ daysLeft, thresholdDays }) => [daysLeft, thresholdDays])).toEqual(
      expected ? [expected] : [],
    );
    for (const { certificate } of warnings) expect(certificate.subject).toBe("CN=third");
  });

  it("are silent about a certificate whose successor lies ready, and speak where a gap would open", () => {
    const at = new Date("2025-01-10T04:00:00Z");
    expect(expiryWarnings(all, at)).toEqual([]);
    const gap = all.filter(({ subject }) => subject !== "CN=second");
    expect(expiryWarnings(gap, at).map(({ certificate, daysLeft }) => [certificate.subject, daysLeft])).toEqual([
      ["CN=first", 5],
    ]);
  });
});

const message = { fpx_msgType: "BC", fpx_msgToken: "01", fpx_sellerExId: "EX00001234", fpx_bankList: "ABB0233~A" };
let issued: { first: Issued; second: Issued; third: Issued };
let all: FpxCertificate[];
const directories: string[] = [];

beforeAll(async () => {
  const [first, second, third] = await Promise.all([
    issue("first", "2024-01-16T00:00:00Z", "2025-01-15T23:59:59Z"),
    issue("second", "2024-12-19T00:00:00Z", "2025-12-19T00:00:00Z"),
    issue("third", "2025-11-20T00:00:00Z", "2026-12-19T00:00:00Z"),
  ]);
  issued = { first, second, third };
  all = await loadCertificates(await directoryOf({ "a.pem": first.pem, "b.pem": second.pem, "c.pem": third.pem }));
});

afterAll(async () => {
  await Promise.all(directories.map((directory) => rm(directory, { recursive: true })));
});

function names(certificates: readonly FpxCertificate[]): string {
  return certificates.map(({ subject }) => subject.replace("CN=", "")).join(" ");
}

async function directoryOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "fpx-certificates-"));
  directories.push(directory);
  for (const [file, content] of Object.entries(files)) await writeFile(join(directory, file), content);
  return directory;
}

async function issue(name: string, notBefore: string, notAfter: string, modulusLength = 2048): Promise<Issued> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: "01",
      name: `CN=${name}`,
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
      signingAlgorithm: algorithm,
      keys,
    },
    webcrypto as Crypto,
  );
  return {
    pem: `${certificate.toString("pem")}\n`,
    der: Buffer.from(certificate.rawData),
    privateKey: KeyObject.from(keys.privateKey),
  };
}
