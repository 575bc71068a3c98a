import { lookup as lookUp, Resolver } from "node:dns/promises";

/** Every address that a name leads to, in the order in which to try them. Rejects when there is none. */
export type NameLookup = (name: string) => Promise<readonly string[]>;

const loopback: readonly string[] = ["127.0.0.1", "::1"];
const answerTimeoutMs = 1_500;
const tries = 2;

/** Names that mean the machine itself wherever they are asked for (RFC 6761 §6.3), so nobody need be asked. */
function isLocalhost(name: string): boolean {
  return /(^|\.)localhost\.?$/i.test(name);
}

function addressesOf(found: readonly PromiseSettledResult<string[]>[]): string[] {
  const addresses = found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  if (addresses.length > 0) return addresses;
  const [failure] = found.filter((each) => each.status === "rejected");
  throw failure?.reason ?? new Error("the name has no address");
}

/**
 * Asks the name servers, as a stranger on the internet would. The machine's own host file and search domains are left out:
 * they name what is private. A server that does not answer holds up this one name; the system's own lookup would hold up
 * every other in the process, since only a few threads do it.
 * @param servers asked in place of the machine's own, as `address:port`
 */
export function askNameServers(servers?: readonly string[]): NameLookup {
  return async (name) => {
    if (isLocalhost(name)) return loopback;
    // One for each name: it reads the machine's servers as they are now.
    const resolver = new Resolver({ timeout: answerTimeoutMs, tries });
    if (servers !== undefined) resolver.setServers(servers);
    return addressesOf(await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]));
  };
}

/** Asks as every other program on the machine does: names of containers and those in the host file are found too. */
export const askMachine: NameLookup = async (name) => {
  if (isLocalhost(name)) return loopback;
  return (await lookUp(name, { all: true, verbatim: true })).map((each) => each.address);
};
