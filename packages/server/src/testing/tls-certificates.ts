import "reflect-metadata";
import { generateKeyPairSync, webcrypto } from "node:crypto";
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

/** A certificate and its key, as a TLS server takes them. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateAuthority {
  /** PEM of the authority's own certificate. */
  readonly certificate: string;
  /** A certificate for these host names; valid now unless told otherwise. */
  issue(names: readonly string[], validity?: { from: Date; until: Date }): Promise<ServerIdentity>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
const daysFromNow = (days: number) => new Date(Date.now() + days * dayMs);

interface Pair {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly pem: string;
}

async function newPair(): Promise<Pair> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = privateKey.export({ format: "jwk" });
  const { kty = "", crv = "", x = "", y = "" } = jwk;
  return {
    pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    keys: {
      privateKey: await webcrypto.subtle.importKey("jwk", jwk, algorithm, true, ["sign"]),
      publicKey: await webcrypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, true, ["verify"]),
    },
  };
}

let serials = 0;
function serialNumber(): string {
  serials += 1;
  return serials.toString(16).padStart(4, "0");
}

/** An authority of the test's own. */
export async function newAuthority(name: string): Promise<CertificateAuthority> {
  const own = await newPair();
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    notBefore: daysFromNow(-400),
    notAfter: daysFromNow(400),
    signingAlgorithm: algorithm,
    keys: own.keys,
    extensions: [new BasicConstraintsExtension(true, 1, true)],
  });
  return {
    certificate: root.toString("pem"),
    async issue(names, validity = { from: daysFromNow(-1), until: daysFromNow(30) }) {
      const pair = await newPair();
      const certificate = await X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: `CN=${names[0]}`,
        issuer: root.subject,
        notBefore: validity.from,
        notAfter: validity.until,
        signingAlgorithm: algorithm,
        publicKey: pair.keys.publicKey,
        signingKey: own.keys.privateKey,
        extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })))],
      });
      return { cert: certificate.toString("pem"), key: pair.pem };
    },
  };
}

/** A certificate that nobody but its own key vouches for. */
export async function selfSigned(name: string): Promise<ServerIdentity> {
  const pair = await newPair();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    notBefore: daysFromNow(-1),
    notAfter: daysFromNow(30),
    signingAlgorithm: algorithm,
    keys: pair.keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: "dns" as const, value: name }])],
  });
  return { cert: certificate.toString("pem"), key: pair.pem };
}
