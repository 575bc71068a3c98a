import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";

export interface TestCertificate {
  readonly pem: string;
  readonly privateKey: KeyObject;
}

/** A self-signed certificate with a key of its own, valid in that time. */
export async function issueCertificate(name: string, notBefore: Date, notAfter: Date): Promise<TestCertificate> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const parameters = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = await webcrypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ serialNumber: "01", name: `CN=${name}`, notBefore, notAfter, signingAlgorithm: algorithm, keys },
  });
  return { pem: `${certificate.toString("pem")}\n`, privateKey: KeyObject.from(keys.privateKey) };
}
