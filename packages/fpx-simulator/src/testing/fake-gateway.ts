import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { FpxCertificate } from "@kineticpay/fpx/certificates";
import { verifyWithAny } from "@kineticpay/fpx/certificates";
import { confirmationFields, type FpxFields, parseForm } from "@kineticpay/fpx/messages";

export interface ReceivedConfirmation {
  readonly path: string;
  readonly fields: FpxFields;
  readonly isAuthentic: boolean;
}

export interface FakeGateway {
  readonly url: string;
  /** Everything received, in order. */
  readonly received: ReceivedConfirmation[];
  /** What the next messages are answered with; when it runs out, `OK`. */
  readonly answers: { status: number; body: string }[];
  /** The certificates to verify with. */
  certificates: readonly FpxCertificate[];
  close(): Promise<void>;
}

/** A gateway that only listens: it verifies and notes each AC, and answers what the test wants. */
export async function startFakeGateway(port = 0): Promise<FakeGateway> {
  const received: ReceivedConfirmation[] = [];
  const answers: { status: number; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const fields = parseForm(Buffer.concat(chunks).toString("utf8"));
      const verified = verifyWithAny(fields, confirmationFields, gateway.certificates, new Date());
      received.push({ path: request.url ?? "", fields, isAuthentic: verified !== undefined });
      const { status, body } = answers.shift() ?? { status: 200, body: "OK" };
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const gateway: FakeGateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    certificates: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return gateway;
}
