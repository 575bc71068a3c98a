import { loadCertificates } from "@kineticpay/fpx/certificates";
import type { FpxFields } from "@kineticpay/fpx/messages";
import { type Simulator, type SimulatorOptions, startSimulator } from "../simulator.ts";
import { type FakeGateway, startFakeGateway } from "./fake-gateway.ts";
import { createMerchant, exchangeId, type Merchant, type Order, postForm } from "./merchant.ts";

/** A transaction as the control API describes it; only what tests look at. */
export interface DescribedTransaction {
  readonly state: string;
  readonly code: string | null;
  readonly fpx_txn_id: string;
  readonly direct_waiting: number;
  readonly deliveries: readonly { state: string; attempts: number }[];
  readonly messages: readonly { type: string; route: string; direction: string; body: string; note?: string }[];
}

export interface Trial {
  readonly simulator: Simulator;
  readonly gateway: FakeGateway;
  readonly merchant: Merchant;
  /** Sends the AR and gives the path of the bank's page. */
  start(authorisation: FpxFields): Promise<string>;
  /** Goes through login to the decision; gives the bank's path. */
  pay(authorisation: FpxFields, action: Readonly<Record<string, string>>): Promise<string>;
  page(path: string): Promise<string>;
  press(path: string, fields: Readonly<Record<string, string>>): Promise<Response>;
  /** Presses Continue and lets the browser bring the indirect AC to the gateway. */
  goBack(path: string): Promise<void>;
  control(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<Response>;
  describe(orderNo: string): Promise<DescribedTransaction>;
  approve(order?: Order): Promise<FpxFields>;
  close(): Promise<void>;
}

/** A merchant, a gateway that listens, and a simulator between them, all on loopback. */
export async function startTrial(
  options: Partial<SimulatorOptions> = {},
  parts: Partial<Trial> & { tellsGatewayUrl?: false } = {},
): Promise<Trial> {
  const merchant = parts.merchant ?? createMerchant();
  const gateway = parts.gateway ?? (await startFakeGateway());
  const simulator = await startSimulator({
    port: 0,
    exchangeId,
    merchantPublicKeyPem: merchant.publicKeyPem,
    ...(parts.tellsGatewayUrl === false ? {} : { gatewayUrl: gateway.url }),
    resendDelaysMs: [20],
    ...options,
  });
  gateway.certificates = await loadCertificates(simulator.certificateDirectory);
  const press = (path: string, fields: Readonly<Record<string, string>>) => postForm(simulator.url + path, fields);
  const page = async (path: string) => (await fetch(simulator.url + path)).text();
  const control: Trial["control"] = (method, path, body) =>
    fetch(`${simulator.url}/_control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  const start: Trial["start"] = async (authorisation) => {
    const response = await press("/FPXMain/seller2DReceiver.jsp", authorisation);
    const location = response.headers.get("location");
    if (location === null) throw new Error(`the AR was answered ${response.status} without a bank page`);
    return location;
  };
  const pay: Trial["pay"] = async (authorisation, action) => {
    const path = await start(authorisation);
    await press(`${path}/login`, { user_name: "1234", password: "1234" });
    await press(`${path}/decide`, action);
    return path;
  };
  return {
    simulator,
    gateway,
    merchant,
    start,
    pay,
    page,
    press,
    control,
    async goBack(path) {
      const form = hiddenForm(await (await press(`${path}/return`, {})).text());
      await postForm(form.action, form.fields);
    },
    async describe(orderNo) {
      return (await (await control("GET", `/transactions/${orderNo}`)).json()) as DescribedTransaction;
    },
    async approve(order = {}) {
      const authorisation = merchant.authorise(order);
      await pay(authorisation, { action: "approve" });
      return authorisation;
    },
    async close() {
      await Promise.all([simulator.close(), gateway.close()]);
    },
  };
}

/** Waits until a condition holds, at most five seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("the condition did not come to hold within five seconds");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Reads the form that a page carries to another site, as a browser would. */
function hiddenForm(page: string): { action: string; fields: FpxFields } {
  const action = /<form[^>]* id="continue"[^>]* action="([^"]*)"/.exec(page)?.[1];
  if (action === undefined) throw new Error("the page holds no form to continue with");
  const inputs = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  const fields = Object.fromEntries(
    [...inputs].map(([, name = "", value = ""]) => [plainText(name), plainText(value)]),
  );
  return { action: plainText(action), fields };
}

function plainText(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
