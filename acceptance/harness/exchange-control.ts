import { send } from "./api.ts";

/** What the simulator tells of one payment. */
export interface ExchangeTransaction {
  readonly seller_ex_order_no: string;
  readonly seller_order_no: string;
  readonly fpx_txn_id: string;
  readonly state: string;
  readonly code: string | null;
  readonly bank_path: string;
  readonly direct_waiting: number;
  readonly messages: readonly {
    readonly direction: string;
    readonly type: string;
    readonly route: string;
    readonly note?: string;
    readonly answer?: { readonly status: number; readonly body: string; readonly acknowledged: boolean };
  }[];
}

export interface ScriptInput {
  readonly match: { readonly seller_order_no?: string; readonly bank_id?: string; readonly any?: true };
  readonly code?: string;
  readonly delay_ms?: number;
  readonly direct?: "send" | "drop" | "duplicate" | { readonly delay_ms: number };
  readonly indirect?: "send" | "drop" | "duplicate";
  readonly order?: "direct_first" | "indirect_first";
  readonly late_success_after_ms?: number;
  readonly ae?: string;
  readonly ae_times?: number;
  readonly be?: string;
  readonly slow_ms?: number;
  readonly times?: number;
}

/** A message as the exchange would send it, for a test to deliver. */
export interface ReadyMessage {
  readonly url: string;
  readonly body: string;
}

/** The simulator's documented control API. */
export interface ExchangeControl {
  script(input: ScriptInput): Promise<void>;
  scripts(): Promise<readonly { readonly used: number }[]>;
  clearScripts(): Promise<void>;
  /** A payment by its exchange order number or its seller order number; undefined when no AR has arrived. */
  find(orderNumber: string): Promise<ExchangeTransaction | undefined>;
  /** The bank decides, also again; direct messages follow. */
  decide(orderNumber: string, code: string, direct?: ScriptInput["direct"]): Promise<void>;
  /** Sends direct messages now and answers what the gateway said to each. */
  send(orderNumber: string, code: string, times?: number): Promise<readonly { status: number; body: string }[]>;
  message(
    orderNumber: string,
    input: { route: "direct" | "indirect"; code: string; overrides?: Record<string, string>; sign?: boolean },
  ): Promise<ReadyMessage>;
  setBank(bankId: string, online: boolean): Promise<void>;
}

export function exchangeControl(simulatorUrl: string): ExchangeControl {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await send<T>(`${simulatorUrl}/_control${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (answer.status !== 200) throw new Error(`the simulator answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const order = (number: string) => `/transactions/${encodeURIComponent(number)}`;
  return {
    script: (input) => call("POST", "/scripts", input),
    scripts: async () => (await call<{ data: { used: number }[] }>("GET", "/scripts")).data,
    clearScripts: () => call("DELETE", "/scripts"),
    async find(orderNumber) {
      const answer = await send<ExchangeTransaction>(`${simulatorUrl}/_control${order(orderNumber)}`);
      return answer.status === 404 ? undefined : answer.body;
    },
    decide: (orderNumber, code, direct) =>
      call("POST", `${order(orderNumber)}/decide`, { code, ...(direct === undefined ? {} : { direct }) }),
    send: async (orderNumber, code, times = 1) =>
      (
        await call<{ data: { status: number; body: string }[] }>("POST", `${order(orderNumber)}/send`, {
          route: "direct",
          code,
          times,
        })
      ).data,
    message: (orderNumber, input) => call("POST", `${order(orderNumber)}/message`, input),
    setBank: (bankId, online) => call("POST", `/banks/${bankId}`, { online }),
  };
}
