import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Lockfile, missingPackages, refusedNodes, registryAddresses, withoutIntegrity } from "./lockfile.ts";
import { root } from "./source-files.ts";

const lockfile = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as Lockfile;

describe("package-lock.json", () => {
  test("names no registry", () => {
    expect(registryAddresses(lockfile)).toEqual([]);
  });

  test("has a checksum for every package", () => {
    expect(withoutIntegrity(lockfile)).toEqual([]);
  });

  test("holds only packages that run on every Node we promise", () => {
    expect(refusedNodes(lockfile)).toEqual([]);
  });

  test("is whole, so that npm ci works on every platform", () => {
    expect(missingPackages(lockfile)).toEqual([]);
  });
});

describe("the check itself", () => {
  const locked = (found: Lockfile["packages"][string]): Lockfile => ({ packages: { "node_modules/planted": found } });

  test("sees an address, and lets workspaces be links", () => {
    const resolved = "https://registry.example/planted.tgz";
    expect(registryAddresses(locked({ resolved }))).toHaveLength(1);
    expect(registryAddresses(locked({ resolved: "packages/planted", link: true }))).toEqual([]);
  });

  test("sees a package without a checksum", () => {
    expect(withoutIntegrity(locked({ version: "1.0.0" }))).toHaveLength(1);
  });

  test.each([">=22", "^24", "^20.20.0 || >=24", ">=20.19 <24"])("sees a package that wants Node %s", (node) => {
    expect(refusedNodes(locked({ engines: { node } }))).toHaveLength(1);
  });

  test.each([">=10", ">= 10.x", "18 || 20 || >=22", "^20.19.0 || ^22.12.0 || >=23"])("allows Node %s", (node) => {
    expect(refusedNodes(locked({ engines: { node } }))).toEqual([]);
  });

  test("sees a dependency that is not there, and finds one that lies above", () => {
    expect(missingPackages(locked({ optionalDependencies: { absent: "1.0.0" } }))).toHaveLength(1);
    const nested: Lockfile = {
      packages: {
        "node_modules/a/node_modules/@b/c": { dependencies: { d: "1.0.0" } },
        "node_modules/d": {},
      },
    };
    expect(missingPackages(nested)).toEqual([]);
  });
});
