import { type AddressInfo, createServer, type Server } from "node:net";

/** Listeners on many addresses and one port, which tell how many connections came to each. */
export interface CountingListeners {
  readonly port: number;
  /** Those that this machine has; nobody can listen on the others. */
  readonly addresses: ReadonlySet<string>;
  /** Connections since the last time this was asked, by the address at which they arrived; none that had no connection. */
  take(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

const answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

function listenOn(address: string, port: number, onConnection: () => void): Promise<Server | undefined> {
  const server = createServer((socket) => {
    onConnection();
    socket.on("error", () => socket.destroy());
    socket.once("data", () => socket.end(answer));
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      // EINVAL: an IPv6 address that needs the name of an interface, or a machine without IPv6.
      if (error.code === "EADDRNOTAVAIL" || error.code === "EINVAL" || error.code === "EAFNOSUPPORT")
        resolve(undefined);
      else reject(error);
    });
    server.listen({ host: address, port, ipv6Only: true }, () => resolve(server));
  });
}

/** Listens on those of the addresses that this machine has, 127.0.0.1 always. */
export async function openCountingListeners(addresses: readonly string[]): Promise<CountingListeners> {
  const counts = new Map<string, number>();
  const servers = new Map<string, Server>();
  let port = 0;
  for (const address of new Set(["127.0.0.1", ...addresses])) {
    const count = () => void counts.set(address, (counts.get(address) ?? 0) + 1);
    const server = await listenOn(address, port, count);
    if (server === undefined) continue;
    servers.set(address, server);
    port = (server.address() as AddressInfo).port;
  }
  return {
    port,
    addresses: new Set(servers.keys()),
    take() {
      const taken = Object.fromEntries(counts);
      counts.clear();
      return taken;
    },
    async close() {
      await Promise.all([...servers.values()].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
