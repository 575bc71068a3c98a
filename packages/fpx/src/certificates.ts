import { type KeyObject, X509Certificate } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FpxDigest, verify } from "./checksum.ts";
import type { FpxFields } from "./messages.ts";
import { malaysianDay } from "./time.ts";

/** One certificate of the exchange, whose key checks what the exchange signed. */
export interface FpxCertificate {
  /** File name inside the directory, for logs. */
  readonly file: string;
  readonly subject: string;
  /** SHA-256 of the certificate, colon-separated upper-case hexadecimal. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
}

const certificateFile = /\.(cer|crt|pem)$/i;
const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const warningDays = [60, 30, 7] as const;

/**
 * Reads every `.cer`, `.crt` and `.pem` file of a directory (PEM, also several in one file, or DER), the one that ends
 * first in front. The same certificate in two files counts once. A directory without such files gives an empty list.
 *
 * @throws Error naming the file when one holds no certificate or its key is not RSA of at least 2048 bits: a
 * certificate that silently fails to load is noticed only on the day it is needed
 */
export async function loadCertificates(directory: string): Promise<FpxCertificate[]> {
  const files = (await readdir(directory)).filter((file) => certificateFile.test(file)).sort();
  const byFingerprint = new Map<string, FpxCertificate>();
  for (const file of files) {
    for (const certificate of readCertificates(file, await readFile(join(directory, file)))) {
      if (!byFingerprint.has(certificate.fingerprint)) byFingerprint.set(certificate.fingerprint, certificate);
    }
  }
  return [...byFingerprint.values()].sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
}

/**
 * Which certificates may prove a message at `at`, in the order to try them.
 *
 * A certificate's last day is the Malaysian calendar day before the day it ends. Until that day only the certificate
 * that ends first is believed; on it, its successor is tried first and then itself; afterwards it is out. So any
 * number of certificates may lie in the directory, and a successor laid in months ahead takes over by itself. One
 * that is not valid yet is not considered. An empty answer means that nothing can be verified, which must never be
 * read as a payment that failed.
 */
export function acceptable(certificates: readonly FpxCertificate[], at: Date): FpxCertificate[] {
  const today = malaysianDay(at);
  const usable = certificates
    .filter((certificate) => certificate.notBefore.getTime() <= at.getTime() && lastDay(certificate) >= today)
    .sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
  const [first] = usable;
  if (first === undefined) return [];
  const current = usable.filter((certificate) => lastDay(certificate) === lastDay(first));
  if (lastDay(first) > today) return current;
  const [successor] = usable.slice(current.length);
  if (successor === undefined) return current;
  return [...usable.filter((certificate) => lastDay(certificate) === lastDay(successor)), ...current];
}

/** The first acceptable certificate under which the message verifies, for the log; `undefined` when there is none. */
export function verifyWithAny(
  fields: FpxFields,
  order: readonly string[],
  certificates: readonly FpxCertificate[],
  at: Date,
  digest: FpxDigest = "sha1",
): FpxCertificate | undefined {
  return acceptable(certificates, at).find((certificate) => verify(fields, order, certificate.publicKey, digest));
}

/** A certificate that runs out with nothing to follow it. */
export interface ExpiryWarning {
  readonly certificate: FpxCertificate;
  /** Whole Malaysian calendar days until its last day; 0 on that day, negative once nothing is accepted any more. */
  readonly daysLeft: number;
  /** The tightest limit that has been reached, so that each can be announced once. */
  readonly thresholdDays: (typeof warningDays)[number];
}

/**
 * Warns 60, 30 and 7 days ahead of every certificate after which no other in the directory would take over. One
 * whose successor already lies in the directory needs no attention and is not mentioned.
 */
export function expiryWarnings(certificates: readonly FpxCertificate[], at: Date): ExpiryWarning[] {
  const today = malaysianDay(at);
  const warnings: ExpiryWarning[] = [];
  for (const certificate of certificates) {
    const daysLeft = lastDay(certificate) - today;
    const thresholdDays = warningDays.findLast((days) => daysLeft <= days);
    const isFollowed = certificates.some(
      (other) => lastDay(other) > lastDay(certificate) && malaysianDay(other.notBefore) <= lastDay(certificate),
    );
    if (thresholdDays !== undefined && !isFollowed) warnings.push({ certificate, daysLeft, thresholdDays });
  }
  return warnings.sort((a, b) => a.daysLeft - b.daysLeft);
}

function lastDay(certificate: FpxCertificate): number {
  return malaysianDay(certificate.notAfter) - 1;
}

function readCertificates(file: string, content: Buffer): FpxCertificate[] {
  const blocks = content.toString("latin1").match(pemBlock) ?? [content];
  return blocks.map((block) => {
    const certificate = parseCertificate(file, block);
    const { publicKey } = certificate;
    if (publicKey.asymmetricKeyType !== "rsa" || (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
      throw new Error(`The certificate in ${file} has no RSA key of at least 2048 bits`);
    }
    return {
      file,
      subject: certificate.subject,
      fingerprint: certificate.fingerprint256,
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date(certificate.validTo),
      publicKey,
    };
  });
}

function parseCertificate(file: string, content: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch (cause) {
    throw new Error(`The file ${file} holds no X.509 certificate`, { cause });
  }
}
