import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import type { NameLookup } from "./name-lookup.ts";
import type { TargetPolicy } from "./target-policy.ts";

/** A target that may not be connected to. Nothing was sent to it. */
export class TargetRefused extends Error {
  readonly host: string;
  /** Where it led. For whoever runs the gateway: it may tell what a private name server knows. */
  readonly address: string;
  constructor(host: string, address: string, why: string) {
    const where = host === address ? `${host} is` : `${host} leads to`;
    super(`${where} an address that is not on the public internet (${why})`);
    this.host = host;
    this.address = address;
  }
}

export interface ConnectorOptions {
  readonly policy: TargetPolicy;
  readonly lookup: NameLookup;
  /** Up to the end of the TLS handshake, the look-up of the name included. */
  readonly timeoutMs: number;
  /** Certificate authorities to believe in place of those that Node brings. */
  readonly authorities?: readonly string[];
}

/** Long enough for an address on the other side of the world, and short enough to try the next one. */
const attemptTimeoutMs = 1_500;

/** One address that must not be called makes the name one that must not be: its owner may answer otherwise the next time. */
function checked(name: string, addresses: readonly string[], policy: TargetPolicy): readonly string[] {
  for (const address of addresses) {
    const why = policy.whyRefused(address);
    if (why !== undefined) throw new TargetRefused(name, address, why);
  }
  return addresses;
}

function checkedLookup({ policy, lookup }: ConnectorOptions): LookupFunction {
  return (name, _options, done) => {
    lookup(name)
      .then((addresses) => checked(name, addresses, policy).map((address) => ({ address, family: isIP(address) })))
      .then(
        (addresses) => done(null, addresses),
        (error: NodeJS.ErrnoException) => done(error, []),
      );
  };
}

/**
 * Connects to addresses that were checked, and to no others: the socket is given the very addresses that the policy let
 * through, so that no second look-up can come to other ones. An address written out never reaches a look-up, and is checked
 * before. The name stays in the certificate's check, in SNI and in the Host header.
 */
export function checkedConnector(options: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector({
    lookup: checkedLookup(options),
    timeout: options.timeoutMs,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptTimeoutMs,
    // Said outright, since both can otherwise be turned off from the environment.
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...(options.authorities === undefined ? {} : { ca: [...options.authorities] }),
  });
  return (target, callback) => {
    if (isIP(target.hostname) === 0) return connect(target, callback);
    try {
      checked(target.hostname, [target.hostname], options.policy);
    } catch (error) {
      process.nextTick(callback, error, null);
      return;
    }
    connect(target, callback);
  };
}
