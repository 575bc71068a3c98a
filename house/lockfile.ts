import satisfies from "semver/functions/satisfies.js";

/** What the check reads of one package in package-lock.json. */
interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** The oldest Node of each line that the gateway promises to run on. */
export const promisedNodes = ["20.19.0", "24.0.0"] as const;

/** Addresses in the lockfile: they would send everybody to the registry of whoever wrote it last. */
export function registryAddresses(lockfile: Lockfile): string[] {
  return Object.entries(lockfile.packages)
    .filter(([, found]) => found.resolved !== undefined && found.link !== true)
    .map(([place, found]) => `${place} is fetched from ${found.resolved}`);
}

/** Packages that could not be told from forged ones. */
export function withoutIntegrity(lockfile: Lockfile): string[] {
  return Object.entries(lockfile.packages)
    .filter(([place, found]) => place.includes("node_modules/") && found.link !== true && found.integrity === undefined)
    .map(([place]) => `${place} has no checksum`);
}

/** Packages that refuse a Node that we promise. */
export function refusedNodes(lockfile: Lockfile): string[] {
  const faults: string[] = [];
  for (const [place, found] of Object.entries(lockfile.packages)) {
    const range = found.engines?.node;
    if (range === undefined) continue;
    const refused = promisedNodes.filter((node) => !satisfies(node, range));
    if (refused.length > 0) faults.push(`${place} wants Node ${range}, which leaves out ${refused.join(" and ")}`);
  }
  return faults;
}

/** The place from which a package finds another: beside it, or beside any folder above. */
function isFound(lockfile: Lockfile, place: string, name: string): boolean {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    const beside = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (beside in lockfile.packages) return true;
    if (folder === "") return false;
  }
}

/** Dependencies that the lockfile lacks, for whatever platform: `npm ci` refuses to work with such a one. */
export function missingPackages(lockfile: Lockfile): string[] {
  const faults: string[] = [];
  for (const [place, found] of Object.entries(lockfile.packages)) {
    for (const name of Object.keys({ ...found.dependencies, ...found.optionalDependencies })) {
      if (!isFound(lockfile, place, name)) faults.push(`${place} needs ${name}, which is not in the lockfile`);
    }
  }
  return faults;
}
