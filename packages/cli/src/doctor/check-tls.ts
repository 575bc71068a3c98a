import { isIP } from "node:net";
import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { isLoopback } from "../access/base-url.ts";
import { type Check, type Finding, fault, ok, warning } from "./check.ts";

const timeoutMs = 10_000;
const dayMs = 86_400_000;
const soonDays = 14;

interface Seen {
  readonly certificate: PeerCertificate;
  readonly protocol: string;
  /** Why the certificate is not to be trusted; undefined when it is. */
  readonly complaint: string | undefined;
}

/** Shakes hands without sending anything, and looks at the certificate whatever it is worth. */
function lookAt(url: URL, signal: AbortSignal): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const port = url.port === "" ? 443 : Number(url.port);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    // A certificate is chosen by name; addresses are none.
    const name = isIP(host) === 0 ? { servername: host } : {};
    // Nothing secret goes over this connection; it is only there to say what is wrong with the certificate.
    const socket: TLSSocket = connect({ host, port, ...name, rejectUnauthorized: false }, () => {
      const complaint = socket.authorized ? undefined : String(socket.authorizationError);
      resolve({ certificate: socket.getPeerCertificate(), protocol: socket.getProtocol() ?? "", complaint });
      socket.destroy();
    });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.once("error", fail);
    socket.setTimeout(timeoutMs, () => fail(new Error(`no handshake within ${timeoutMs / 1000} s`)));
    signal.addEventListener("abort", () => fail(new Error("stopped")), { once: true });
  });
}

const cures: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "renew the certificate at the gateway",
  DEPTH_ZERO_SELF_SIGNED_CERT: "use a certificate of a public authority; for one of your own, set NODE_EXTRA_CA_CERTS",
  SELF_SIGNED_CERT_IN_CHAIN: "set NODE_EXTRA_CA_CERTS to your authority's certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "have the gateway send the whole chain, or set NODE_EXTRA_CA_CERTS to your authority's certificate",
  ERR_TLS_CERT_ALTNAME_INVALID: "use the name that the certificate is for, or get one for this name",
};

function judge({ certificate, protocol, complaint }: Seen): Finding {
  const until = new Date(certificate.valid_to);
  const days = Math.floor((until.getTime() - Date.now()) / dayMs);
  const seen = `${protocol}, certificate for ${certificate.subject?.CN ?? certificate.subjectaltname ?? "nobody"}, until ${certificate.valid_to}`;
  if (complaint !== undefined) {
    const code = Object.keys(cures).find((each) => complaint.includes(each)) ?? complaint;
    return fault("TLS", `${complaint}: ${seen}`, cures[code] ?? "have the certificate put right at the gateway", {
      code,
    });
  }
  if (days < soonDays) return warning("TLS", `${seen}: ${days} days left`, "renew the certificate at the gateway");
  return ok("TLS", seen);
}

/** That the key travels under a certificate that holds. */
export const checkTls: Check = {
  name: "TLS",
  async look(patient) {
    if (patient.access === undefined) return undefined;
    const url = new URL(patient.access.baseUrl);
    if (url.protocol === "http:") {
      if (isLoopback(url.href)) return ok("TLS", "not needed: nothing leaves this machine");
      return fault("TLS", `the key would go to ${url.origin} in plain sight`, `use https://${url.host}`);
    }
    try {
      return judge(await lookAt(url, patient.context.signal));
    } catch (error) {
      if (patient.context.signal.aborted) throw error;
      // That nobody is there has been found already.
      if (patient.isReached !== true && /^E[A-Z_]+$/.test(String((error as NodeJS.ErrnoException).code)))
        return undefined;
      const words = error instanceof Error ? error.message : String(error);
      return fault(
        "TLS",
        `no TLS connection: ${words}`,
        "check that the port speaks TLS; http and https have different ones",
      );
    }
  },
};
