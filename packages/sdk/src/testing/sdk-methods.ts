import { KineticPay } from "../client.ts";

/** What a method was seen to send. */
export interface SentCall {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A method of the client, by the way that leads to it: `payments.create`. */
export interface SdkMethod {
  readonly name: string;
  /** As the method calls them. */
  readonly parameters: readonly string[];
  /** What it sends when it is given these words, in its order. */
  send(words: Readonly<Record<string, unknown>>): Promise<SentCall>;
}

type Callable = (...words: unknown[]) => PromiseLike<unknown>;

/** Of a method's source, the names of its parameters. */
function parametersOf(method: Callable): string[] {
  const list = /^[^(]*\(([^)]*)\)/.exec(method.toString())?.[1] ?? "";
  return list
    .split(",")
    .map((each) => each.split("=")[0]?.trim() ?? "")
    .filter((each) => each !== "");
}

function methodsOf(owner: object): [string, Callable][] {
  const prototype = Object.getPrototypeOf(owner) as object;
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
    .map(([name, { value }]) => [name, value as Callable]);
}

/** Every method that calls the v2 API; whatever it sends goes nowhere and is written down. */
export function sdkMethods(): SdkMethod[] {
  const sent: SentCall[] = [];
  const client = new KineticPay({
    apiKey: "kp_test_none",
    baseURL: "http://gateway.invalid",
    fetch: async (text, init) => {
      const url = new URL(text);
      const body = typeof init?.body === "string" ? (JSON.parse(init.body) as unknown) : undefined;
      const query = Object.fromEntries(url.searchParams);
      sent.push({ method: init?.method ?? "GET", path: decodeURIComponent(url.pathname), query, body });
      return new Response('{"object":"list","data":[],"has_more":false}');
    },
  });
  const { webhooks: _callsNothing, sandbox, ...resources } = client;
  const owners: [string, object][] = [...Object.entries(resources), ["sandbox.faults", sandbox.faults], ["", client]];
  return owners.flatMap(([path, owner]) =>
    methodsOf(owner)
      .filter(([name]) => name !== "withOptions" && name !== "request")
      .map(([name, method]) => ({
        name: path === "" ? name : `${path}.${name}`,
        parameters: parametersOf(method),
        async send(words) {
          await method.apply(
            owner,
            parametersOf(method).map((parameter) => words[parameter]),
          );
          const last = sent.pop();
          if (last === undefined || sent.length > 0) throw new Error(`${path}.${name} does not send one call`);
          return last;
        },
      })),
  );
}
