import { expect, it } from "vitest";
import { ConfigError, privateTargetsOf, readConfig } from "./config.ts";

const faultsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

it("needs no setting at all to run a sandbox on loopback", () => {
  expect(readConfig({})).toMatchObject({
    mode: "sandbox",
    host: "127.0.0.1",
    port: 8080,
    simulatorPort: 8081,
    dataDirectory: "data",
  });
});

it("takes no offence at what the command line and the SDK read from the same terminal", () => {
  const clients = { KINETICPAY_API_KEY: "kp_test_x", KINETICPAY_BASE_URL: "http://127.0.0.1:8080" };
  expect(readConfig({ ...clients, KINETICPAY_PROFILE: "shop", KINETICPAY_WEBHOOK_SECRET: "whsec_x" })).toEqual(
    readConfig({}),
  );
});

it("lists every bad and unknown setting at once, with what is accepted, and never the value", () => {
  const faults = faultsOf({
    PORT: "hunter2",
    KINETICPAY_MODE: "hunter2",
    KINETICPAY_PUBLIC_URL: "https://user:hunter2@pay.example",
    KINETICPAY_PUBLIK_URL: "hunter2",
    KINETICPAY_FPX_EXCHANGE_ID: "EX1",
  });
  expect(faults).toHaveLength(5);
  expect(faults.join("\n")).toContain("Did you mean KINETICPAY_PUBLIC_URL?");
  expect(faults.join("\n")).not.toContain("hunter2");
});

it("refuses live mode until all of its FPX identity is given, and names all that is missing", () => {
  const faults = faultsOf({ KINETICPAY_MODE: "live", KINETICPAY_PUBLIC_URL: "http://pay.example" });
  for (const name of [
    "FPX_EXCHANGE_ID",
    "FPX_SELLER_ID",
    "FPX_PRIVATE_KEY_FILE",
    "FPX_CERTIFICATES_DIR",
    "FPX_URL",
    "MASTER_KEY_FILE",
  ]) {
    expect(
      faults.some((fault) => fault.includes(`KINETICPAY_${name}`)),
      name,
    ).toBe(true);
  }
  expect(faults).toContain("KINETICPAY_PUBLIC_URL must be https in live mode.");
});

it("takes an empty setting for one that is not there", () => {
  expect(readConfig({ PORT: "", DATABASE_URL: "" })).toMatchObject({ port: 8080, databaseUrl: undefined });
});

it("takes a point to crash at in the sandbox, refuses one that does not exist, and refuses any in live mode", () => {
  const at = (label: string) => ({ KINETICPAY_CRASH_AT: label });
  expect(readConfig(at("before:payments.settle:3")).crashAt).toEqual({ label: "before:payments.settle", passing: 3 });
  for (const label of [
    "payments.settle",
    "before:payments.settle",
    "before:payments.settle:0",
    "during:payments.settle:1",
  ])
    expect(faultsOf(at(label))).toHaveLength(1);
  const live = faultsOf({ KINETICPAY_MODE: "live", ...at("after:payments.settle:1") });
  expect(live).toContain("KINETICPAY_CRASH_AT is for tests, and refused in live mode.");
});

it("refuses an owner of a database that is not named", () => {
  expect(() => readConfig({ DATABASE_OWNER_URL: "postgres://owner@db/shop" })).toThrow(
    /DATABASE_OWNER_URL is set without DATABASE_URL/,
  );
});

it("lets merchants aim at private addresses in the sandbox alone, unless the operator says otherwise", () => {
  const targets = (environment: NodeJS.ProcessEnv) => privateTargetsOf(readConfig(environment));
  expect(targets({})).toBe("on");
  expect(privateTargetsOf({ mode: "live", privateTargets: undefined })).toBe("off");
  expect(targets({ KINETICPAY_PRIVATE_TARGETS: "off" })).toBe("off");
  expect(targets({ KINETICPAY_PRIVATE_TARGETS: "10.20.0.0/16, ::1" })).toEqual(["10.20.0.0/16", "::1"]);
  for (const wrong of ["yes", "10.0.0.0/0", "intranet", "10.0.0.1/33"])
    expect(faultsOf({ KINETICPAY_PRIVATE_TARGETS: wrong }), wrong).toHaveLength(1);
});
