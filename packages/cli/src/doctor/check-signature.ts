import { randomBytes } from "node:crypto";
import { exampleEvent } from "@kineticpay/contract/events/event";
import { CliError } from "../cli-error.ts";
import { listenSecret } from "../webhooks/listen-secret.ts";
import { isAccepted, type Posted, postWebhook } from "../webhooks/post-webhook.ts";
import { newSecret, secretBytes, signedHeaders } from "../webhooks/sign.ts";
import { type Check, type Finding, fault, ok, type Patient, warning } from "./check.ts";

/** A test event of its own id, in the form in which the gateway sends one. */
function testEvent(): { readonly id: string; readonly body: string } {
  const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const id = `evt_${[...randomBytes(26)].map((byte) => letters.charAt(byte & 31)).join("")}`;
  return { id, body: JSON.stringify({ ...exampleEvent("webhook_endpoint.test"), id }) };
}

const said = ({ status, answer }: Posted) => (status === undefined ? answer : `${status} ${answer}`.trim());

function judge(url: string, genuine: Posted, forged: Posted): Finding {
  if (genuine.status === undefined) {
    return fault("signature", `${url} did not answer: ${genuine.answer}`, "start the shop, or correct the address");
  }
  if (!isAccepted(genuine)) {
    const fix =
      "give the shop this secret (kineticpay listen --print-secret), and verify the body as it arrived, before any JSON parser; kineticpay certify tells which";
    return fault("signature", `${url} refuses what is signed rightly: ${said(genuine)}`, fix);
  }
  if (isAccepted(forged)) {
    const fix = "verify the signature before anything else, with the SDK's webhooks or a library of Standard Webhooks";
    return fault("signature", `${url} accepts what somebody else has signed: ${said(forged)}`, fix);
  }
  return ok(
    "signature",
    `${url} takes what is signed rightly (${genuine.status}) and refuses what is not (${said(forged)})`,
  );
}

async function tryShop({ context }: Patient, url: string, secret: string): Promise<Finding> {
  const [first, second] = [testEvent(), testEvent()];
  const genuine = await postWebhook(url, signedHeaders(secret, first.id, first.body), first.body, context.signal);
  const forged = await postWebhook(
    url,
    signedHeaders(newSecret(), second.id, second.body),
    second.body,
    context.signal,
  );
  return judge(url, genuine, forged);
}

/** That the secret is whole, and, where a shop's address is given, that the shop verifies with it. */
export const checkSignature: Check = {
  name: "signature",
  async look(patient) {
    const { context, access, shopUrl } = patient;
    const name = access?.name ?? "environment";
    try {
      const { secret, from } = await listenSecret(context.settings, name);
      if (shopUrl !== undefined) return await tryShop(patient, shopUrl, secret);
      if (from !== "KINETICPAY_WEBHOOK_SECRET") {
        return ok("signature", "the secret of listen is there; kineticpay doctor --shop URL tries a shop's verifier");
      }
      secretBytes(secret);
      const isSandboxes = access?.sandbox?.signingSecret === secret;
      const whose = isSandboxes ? "the sandbox's, for callback_url" : "whole, for an endpoint or for listen";
      return ok(
        "signature",
        `KINETICPAY_WEBHOOK_SECRET is ${whose}; kineticpay doctor --shop URL tries a shop's verifier`,
      );
    } catch (error) {
      if (error instanceof CliError) return fault("signature", error.message, error.next ?? "", { code: error.code });
      if (context.signal.aborted) throw error;
      const words = error instanceof Error ? error.message : String(error);
      return warning(
        "signature",
        `the secret of listen cannot be kept: ${words}`,
        `make ${context.settings.stateDirectory} writable`,
      );
    }
  },
};
