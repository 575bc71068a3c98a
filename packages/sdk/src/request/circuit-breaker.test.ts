import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { failureOf } from "../testing/failure-of.ts";
import { openTestGateway, type TestGateway } from "../testing/open-test-client.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());
afterEach(() => gateway.client().client.sandbox.faults.delete("all"));

const openMs = 300;
const impatient = (more = {}) => gateway.client({ maxRetries: 0, breaker: { failures: 3, openMs }, ...more });
type Impatient = ReturnType<typeof impatient>;
const states = ({ told }: Impatient) => told.breaker.map((event) => `${event.from}-${event.to}`);

async function open(made: Impatient, fault = "internal_error"): Promise<void> {
  for (let i = 0; i < 3; i += 1) await failureOf(made.client.ping({ fault, timeout: 500 }));
}

describe("the circuit breaker", () => {
  test.each(["internal_error", "bank_bad_response", "overloaded", "bank_timeout", "drop", "delay=5000"])(
    "opens after failures in a row: %s",
    async (fault) => {
      const made = impatient();
      await open(made, fault);
      expect(made.client.breaker).toMatchObject({ state: "open", failures: 3, host: new URL(gateway.baseURL).host });
      const sent = made.told.requests.length;
      const error = await failureOf(made.client.ping());
      expect(error).toMatchObject({ name: "CircuitOpenError", code: "circuit_open", attempts: 0, retryable: true });
      expect(error.retryAt?.getTime()).toBeGreaterThan(Date.now() - openMs);
      expect(made.told.requests).toHaveLength(sent);
    },
  );

  test.each(["key_invalid", "fields_invalid", "resource_missing", "rate_exceeded"])(
    "never opens for what is not the gateway's fault: %s",
    async (fault) => {
      const made = impatient();
      for (let i = 0; i < 10; i += 1) await failureOf(made.client.ping({ fault }));
      expect(made.client.breaker).toMatchObject({ state: "closed", failures: 0 });
      expect(made.told.breaker).toEqual([]);
    },
  );

  test("counts failures in a row alone", async () => {
    const made = impatient();
    for (let i = 0; i < 4; i += 1) {
      await failureOf(made.client.ping({ fault: "internal_error" }));
      await failureOf(made.client.ping({ fault: "internal_error" }));
      await made.client.ping();
    }
    expect(made.client.breaker?.state).toBe("closed");
  });

  test("lets one call try when its time is up, and closes when that goes well", async () => {
    const made = impatient();
    await open(made);
    await expect.poll(() => made.client.breaker?.state).toBe("half_open");
    const probe = made.client.ping({ fault: "delay=200" });
    await expect.poll(() => made.told.requests.length).toBe(4);
    expect((await failureOf(made.client.ping())).name).toBe("CircuitOpenError");
    await probe;
    expect(made.client.breaker).toMatchObject({ state: "closed", failures: 0 });
    await made.client.ping();
    expect(states(made)).toEqual(["closed-open", "open-half_open", "half_open-closed"]);
  });

  test("opens again at once when the call that tries fails", async () => {
    const made = impatient();
    await open(made);
    await expect.poll(() => made.client.breaker?.state).toBe("half_open");
    await failureOf(made.client.ping({ fault: "internal_error" }));
    expect(made.client.breaker?.state).toBe("open");
    expect(states(made)).toEqual(["closed-open", "open-half_open", "half_open-open"]);
  });

  test("is not kept waiting for ever by a call that tries and is given up", async () => {
    const made = impatient();
    await open(made);
    await expect.poll(() => made.client.breaker?.state).toBe("half_open");
    const controller = new AbortController();
    const given = failureOf(made.client.ping({ fault: "delay=5000", signal: controller.signal }));
    await expect.poll(() => made.told.requests.length).toBe(4);
    controller.abort();
    expect((await given).name).toBe("AbortedError");
    await made.client.ping();
    expect(made.client.breaker?.state).toBe("closed");
  });

  test("is not closed by what was sent before it opened", async () => {
    const made = impatient();
    const early = made.client.ping({ fault: "delay=700" });
    await open(made);
    await early;
    expect(made.told.breaker[0]).toMatchObject({ from: "closed", to: "open" });
    expect(states(made)).not.toContain("open-closed");
  });

  test("ends the retries of a call that opens it, with what the gateway said", async () => {
    const { client } = gateway.client({ maxRetries: 9, breaker: { failures: 2 }, retryBudget: false });
    const error = await failureOf(client.ping({ fault: "internal_error" }));
    expect(error).toMatchObject({ code: "internal_error", attempts: 2, gaveUpBecause: "circuit_open" });
  });
});
