import "reflect-metadata";
import { generateKeyPairSync, webcrypto } from "node:crypto";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;

/** A certificate for localhost that nobody but its maker vouches for. */
async function selfSigned(): Promise<{ key: string; cert: string }> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { d: _d, ...publicJwk } = privateKey.export({ format: "jwk" });
  const jwk = privateKey.export({ format: "jwk" });
  const keys = {
    privateKey: await webcrypto.subtle.importKey("jwk", jwk, algorithm, true, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("jwk", publicJwk, algorithm, true, ["verify"]),
  };
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=localhost",
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }])],
  });
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert: certificate.toString("pem") };
}

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * What stands in front of a gateway, and is set up badly.
 * @param options.clockOffByMs how far its clock is ahead of everybody's
 * @param options.isSecure whether it speaks TLS, with a certificate that nobody trusts
 */
export async function openFront(
  gatewayUrl: string,
  options: { readonly clockOffByMs?: number; readonly isSecure?: boolean },
): Promise<Front> {
  const { clockOffByMs = 0, isSecure = false } = options;
  const pass = (call: IncomingMessage, response: ServerResponse) => {
    const passed = request(`${gatewayUrl}${call.url}`, { method: call.method, headers: call.headers }, (answer) => {
      const date = new Date(Date.now() + clockOffByMs).toUTCString();
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, date });
      answer.pipe(response);
    });
    passed.on("error", () => response.writeHead(502).end());
    call.pipe(passed);
  };
  const server = isSecure ? createSecureServer(await selfSigned(), pass) : createServer(pass);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: isSecure ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
