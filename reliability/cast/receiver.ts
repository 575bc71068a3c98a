import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { openEnvelope } from "../../acceptance/harness/wire-envelope.ts";
import { type Journal, openJournal } from "./journal.ts";

/** A callback that the shop acknowledged, or refused for its signature. */
export interface Received {
  readonly format: "v2" | "wire";
  /** `webhook-id`; the wire protocol has none. */
  readonly id: string;
  readonly type: string;
  /** The payment's id (v2) or invoice (wire). */
  readonly payment: string;
  readonly digest: string;
  /** What is wrong with it; undefined when it is genuine. */
  readonly fault?: string;
  readonly atMs: number;
}

/** The shop's side: checks every signature with a library that is not ours, writes down what it got, then says 200. */
export interface Receiver {
  readonly v2Url: string;
  readonly wireUrl: string;
  /** Where nobody listens any more, and says so. */
  readonly goneUrl: string;
  received(): readonly Received[];
  /** Given once the gateway has issued them. */
  trust(secrets: { readonly signingSecret: string; readonly merchantKey: string }): void;
  /** Until told otherwise every callback is answered with this status. */
  answer(status: number): void;
  close(): Promise<void>;
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

const digestOf = (text: string) => createHash("sha256").update(text).digest("base64url");

function readV2(verifier: Webhook, request: IncomingMessage, body: string): Omit<Received, "atMs"> {
  const id = String(request.headers["webhook-id"] ?? "");
  const event = JSON.parse(body) as { type: string; data: { id: string } };
  const known = { format: "v2", id, type: event.type, payment: event.data.id, digest: digestOf(body) } as const;
  try {
    verifier.verify(body, request.headers as Record<string, string>);
    return known;
  } catch (error) {
    return { ...known, fault: error instanceof Error ? error.message : String(error) };
  }
}

function readWire(merchantKey: string, body: string): Omit<Received, "atMs"> {
  const fields = new URLSearchParams(body);
  const plain = fields.get("encoded_transaction_data") ?? "";
  const { record } = JSON.parse(plain) as { record: { order_number: string; transaction_status_code: string } };
  const type = record.transaction_status_code;
  const known = { format: "wire", id: "", type, payment: record.order_number, digest: digestOf(plain) } as const;
  try {
    const opened = openEnvelope(merchantKey, fields.get("encrypted_transaction_data") ?? "");
    return opened === plain ? known : { ...known, fault: "the envelope holds something else" };
  } catch (error) {
    return { ...known, fault: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Opens the shop on a free port.
 * @param file its journal
 * @param through tells the port at which it is found, from its own
 */
export async function openReceiver(
  file: string,
  through: (port: number) => Promise<number> = async (port) => port,
): Promise<Receiver> {
  const journal: Journal<Received> = await openJournal(file);
  let trusted: { verifier: Webhook; merchantKey: string } | undefined;
  let status = 200;
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    if (request.url === "/gone") return response.writeHead(410).end();
    if (trusted === undefined || status !== 200) return response.writeHead(trusted === undefined ? 503 : status).end();
    const isV2 = request.url === "/v2";
    const read = isV2 ? readV2(trusted.verifier, request, body) : readWire(trusted.merchantKey, body);
    await journal.add({ ...read, atMs: Date.now() });
    return response.writeHead(read.fault === undefined ? 200 : 400).end();
  };
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${await through((server.address() as AddressInfo).port)}`;
  return {
    v2Url: `${url}/v2`,
    wireUrl: `${url}/wire`,
    goneUrl: `${url}/gone`,
    received: () => journal.read(),
    trust({ signingSecret, merchantKey }) {
      trusted = { verifier: new Webhook(signingSecret), merchantKey };
    },
    answer(next) {
      status = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await journal.close();
    },
  };
}
