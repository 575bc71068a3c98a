import { mkdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { completeSymlinks, locateBinaries } from "./binaries.ts";
import { temporaryFolder } from "./stand-in-gateway.ts";

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** A package as npm unpacks it: the library is there, the links to it are not. */
async function unpackedPackage(): Promise<string> {
  const folder = await temporaryFolder();
  folders.push(folder);
  const native = path.join(folder, "native");
  await mkdir(path.join(native, "lib"), { recursive: true });
  await writeFile(path.join(native, "lib/libpq.so.5.18"), "a library");
  const links = ["libpq.so", "libpq.so.5"].map((name) => ({
    source: "native/lib/libpq.so.5.18",
    target: `native/lib/${name}`,
  }));
  await writeFile(path.join(native, "pg-symlinks.json"), JSON.stringify(links));
  return native;
}

test("creates the symlinks that the package could not carry, also when several gateways do so at once", async () => {
  const native = await unpackedPackage();
  await symlink("gone", path.join(native, "lib/libpq.so"));
  await Promise.all(Array.from({ length: 8 }, () => completeSymlinks(native)));
  await completeSymlinks(native);
  for (const name of ["libpq.so", "libpq.so.5"]) {
    expect(await readlink(path.join(native, "lib", name))).toBe("libpq.so.5.18");
    expect(await readFile(path.join(native, "lib", name), "utf8")).toBe("a library");
  }
});

test("says what to do when a missing symlink cannot be created", async () => {
  const native = await unpackedPackage();
  await rm(path.join(native, "lib"), { recursive: true });
  const completion = completeSymlinks(native);
  await expect(completion).rejects.toMatchObject({ problem: "install" });
  await expect(completion).rejects.toThrow(/npm rebuild.*DATABASE_URL/s);
});

test("finds programs that are complete", async () => {
  const { postgres, initdb } = await locateBinaries();
  expect([path.isAbsolute(postgres), path.isAbsolute(initdb)]).toEqual([true, true]);
  await completeSymlinks(path.resolve(path.dirname(postgres), ".."));
});
