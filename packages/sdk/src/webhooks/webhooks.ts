import { SignatureVerificationError } from "../errors/signature-verification-error.ts";
import { type Bytes, utf8 } from "./bytes.ts";
import type { KineticPayEvent } from "./event.ts";
import { isSignedBy, secretBytes, toleranceS } from "./standard-webhook.ts";

/** The body exactly as it arrived. */
export type RawBody = string | Uint8Array | ArrayBuffer;

/** Headers in any of the forms in which servers have them. */
export type WebhookHeaders =
  | { get(name: string): string | null | undefined }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** One secret, or several while one is replaced by another. */
export type WebhookSecrets = string | readonly string[];

/** How one request is verified differently from others. */
export interface UnwrapOptions {
  /** Instead of the secret that was given when this was made. */
  readonly secret?: WebhookSecrets | undefined;
}

function header(headers: WebhookHeaders, name: string): string | undefined {
  if (typeof headers.get === "function") return (headers as Headers).get(name) ?? undefined;
  const record = headers as Readonly<Record<string, string | readonly string[] | undefined>>;
  const found = record[name] ?? Object.entries(record).find(([each]) => each.toLowerCase() === name)?.[1];
  return typeof found === "string" ? found : found?.[0];
}

const remedies =
  'Pass the body as it arrived. Express: use expressWebhook, or express.raw({ type: "application/json" }) on this route before any express.json(). Fastify: fastifyWebhook. Next.js: await request.text() in a route handler. Hono: await c.req.text().';

function bytesOf(body: unknown): Bytes {
  if (typeof body === "string") return utf8(body);
  if (body instanceof Uint8Array) return new Uint8Array(body);
  if (body instanceof ArrayBuffer) return new Uint8Array(body.slice(0));
  const seen = body === undefined || body === null ? `${body}` : "an object";
  throw new SignatureVerificationError(
    "body_parsed",
    `The body that was passed is ${seen}: a framework has parsed it, or has not kept it, and the signature is over its bytes. ${remedies}`,
  );
}

function secretsOf(secrets: WebhookSecrets | undefined): Bytes[] {
  const given = (typeof secrets === "string" ? [secrets] : [...(secrets ?? [])]).filter((each) => each !== "");
  const read = given.map((each) => {
    const bytes = secretBytes(each);
    if (bytes !== undefined && !/^kp_/.test(each)) return bytes;
    const what = /^kp_/.test(each) ? "an API key" : "no secret of an endpoint";
    throw new SignatureVerificationError(
      "secret_malformed",
      `What was given as the webhook's secret is ${what}. A secret begins with whsec_ and is shown once, in the answer that makes the endpoint or rolls its secret.`,
    );
  });
  if (read.length > 0) return read;
  throw new SignatureVerificationError(
    "secret_malformed",
    "No secret was given: pass webhookSecret to the client, or secret to this call. It begins with whsec_.",
  );
}

interface Signature {
  readonly id: string;
  readonly timestamp: string;
  readonly signatures: string;
}

function signatureOf(headers: WebhookHeaders): Signature {
  const id = header(headers, "webhook-id");
  const timestamp = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature");
  if (id !== undefined && timestamp !== undefined && signatures !== undefined && /^\d{1,12}$/.test(timestamp)) {
    return { id, timestamp, signatures };
  }
  throw new SignatureVerificationError(
    "headers_missing",
    "The headers webhook-id, webhook-timestamp and webhook-signature are not all there. Either this did not come from the gateway, or a proxy takes them away; callbacks of the KineticPay wire protocol have none, and are opened with LegacyCallbacks.",
  );
}

/** The same JSON, written as the gateway writes it; undefined for what is none. */
function compacted(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Why a signature does not fit, as far as it can be told: the body was changed on its way here, or the secret is another. */
async function explain(
  secrets: readonly Bytes[],
  signature: Signature,
  body: Bytes,
): Promise<SignatureVerificationError> {
  const text = new TextDecoder().decode(body);
  const compact = compacted(text);
  const others = [compact, text.trim()].filter((each) => each !== undefined && each !== text) as string[];
  for (const other of others) {
    const { signatures, id, timestamp } = signature;
    if (!(await isSignedBy(secrets, signatures, id, timestamp, utf8(other)))) continue;
    const message = `The body has other spaces or line breaks than the one that was signed; something wrote it anew on its way here. ${remedies}`;
    return new SignatureVerificationError("body_changed", message);
  }
  if (compact === undefined) {
    const message = `The body is no whole JSON, so it is not what was signed: it may be cut short, or decoded in another character set. ${remedies}`;
    return new SignatureVerificationError("body_changed", message);
  }
  return new SignatureVerificationError(
    "secret_wrong",
    "The signature was not made with this secret. Most often it is that of another endpoint, of the sandbox, or one that was rolled: each endpoint has its own, and a payment's callback_url is signed with its collection's signing_secret. If the secret is right, something changed the body on its way here.",
  );
}

function checkTime(timestamp: string): void {
  const aheadS = Math.round(Date.now() / 1000) - Number(timestamp);
  if (Math.abs(aheadS) <= toleranceS) return;
  const apart = aheadS > 0 ? `${aheadS} seconds old` : `${-aheadS} seconds in the future`;
  throw new SignatureVerificationError(
    "clock",
    `The signature is genuine, but by this computer's clock it is ${apart}, and ${toleranceS} are allowed. Set this computer's clock; if it is right, somebody sent an old request again.`,
  );
}

/** Verifies what the gateway posts to webhook endpoints and to the `callback_url` of payments. */
export class Webhooks {
  readonly #secret: WebhookSecrets | undefined;

  /** @param options.secret the endpoint's secret, `whsec_…`, or several while one is replaced by another */
  constructor(options: { readonly secret?: WebhookSecrets | undefined } = {}) {
    this.#secret = options.secret;
  }

  /**
   * The event that a request carries, once it is proved to come from the gateway, whole and not long ago. The same event
   * may come twice: handle each `event.id` once.
   * @param rawBody the body exactly as it arrived, and not parsed
   * @throws SignatureVerificationError whose `reason` is the likely cause and whose message says what to do about it
   */
  async unwrap(rawBody: RawBody, headers: WebhookHeaders, options: UnwrapOptions = {}): Promise<KineticPayEvent> {
    const body = bytesOf(rawBody);
    const secrets = secretsOf(options.secret ?? this.#secret);
    const signature = signatureOf(headers);
    const { id, timestamp, signatures } = signature;
    if (!(await isSignedBy(secrets, signatures, id, timestamp, body))) throw await explain(secrets, signature, body);
    checkTime(timestamp);
    return JSON.parse(new TextDecoder().decode(body)) as KineticPayEvent;
  }
}
