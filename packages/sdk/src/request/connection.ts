import type { ClientOptions, Fetch } from "../client-options.ts";
import { readSetting, userAgent } from "../environment.ts";
import { checkedCount } from "./checked-count.ts";
import { type BreakerEvent, CircuitBreaker } from "./circuit-breaker.ts";
import { lowerCased, unsendable } from "./header-names.ts";
import { type Hooks, tell } from "./hooks.ts";
import { RetryBudget } from "./retry-budget.ts";

/** What the calls of a client share. */
export interface Connection {
  readonly apiKey: ClientOptions["apiKey"];
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number | undefined;
  readonly maxRetries: number;
  readonly fetch: Fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly budget: RetryBudget | undefined;
  readonly breaker: CircuitBreaker | undefined;
  readonly hooks: Hooks;
  nextCallId(): number;
}

const defaultBaseUrl = "http://127.0.0.1:8080";

const isWeb = (url: URL) => /^https?:$/.test(url.protocol);

/** The address with the scheme that was probably meant; undefined when a scheme is not what it lacks. */
function withScheme(text: string): string | undefined {
  if (text.includes("://") || !/^[A-Za-z0-9[]/.test(text)) return undefined;
  const isNear = /^(localhost|\d+\.\d+\.\d+\.\d+|\[)/i.test(text);
  const whole = `${isNear ? "http" : "https"}://${text}`;
  return URL.canParse(whole) ? whole : undefined;
}

/** What is wrong with an address, and from where it came. A name, a password or a query may be secret, and is not shown. */
function addressFault(text: string, from: string): TypeError {
  const isShown = !/[@?#]/.test(text);
  const whole = isShown ? withScheme(text) : undefined;
  const cure =
    whole === undefined
      ? "It is the address of your gateway: absolute, http or https, without a name, a password or a query, such as https://pay.example"
      : `It lacks http:// or https:// at its beginning: ${whole}`;
  return new TypeError(`${from} ${isShown ? `is ${JSON.stringify(text.slice(0, 200))}` : "cannot be used"}. ${cure}`);
}

function baseUrlOf(given: string | undefined): string {
  const setting = given === undefined ? readSetting("KINETICPAY_BASE_URL") : undefined;
  const text = (given ?? setting ?? defaultBaseUrl).trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isWeb(url) || url.username !== "" || url.search !== "") {
    throw addressFault(text, setting === undefined ? "baseURL" : "KINETICPAY_BASE_URL");
  }
  return text.replace(/\/+$/, "").replace(/\/api\/v2$/, "");
}

/** Sets up what a client's calls share. @throws TypeError for a baseURL, header, time or number that cannot be */
export function openConnection(options: ClientOptions): Connection {
  const baseUrl = baseUrlOf(options.baseURL);
  const hooks = options.hooks ?? {};
  let calls = 0;
  const headers = { "user-agent": userAgent(), ...lowerCased(options.headers) };
  const unsent = unsendable(headers);
  if (unsent !== undefined)
    throw new TypeError(`The header ${JSON.stringify(unsent)} cannot be sent: it is one line of Latin text`);
  const told = (event: BreakerEvent) => tell(hooks.breaker, () => event);
  return {
    apiKey: options.apiKey ?? readSetting("KINETICPAY_API_KEY"),
    baseUrl,
    timeoutMs: checkedCount("timeout", options.timeout, 30_000),
    attemptTimeoutMs:
      options.attemptTimeout === undefined ? undefined : checkedCount("attemptTimeout", options.attemptTimeout, 0),
    maxRetries: checkedCount("maxRetries", options.maxRetries, 2),
    // Not taken out of its object: the global fetch of some platforms wants to be called as the global's.
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    headers,
    budget: options.retryBudget === false ? undefined : new RetryBudget(options.retryBudget),
    breaker:
      options.breaker === false ? undefined : new CircuitBreaker(new URL(baseUrl).host, options.breaker ?? {}, told),
    hooks,
    nextCallId: () => ++calls,
  };
}
