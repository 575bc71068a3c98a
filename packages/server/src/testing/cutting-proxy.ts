import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands before Postgres and, when told to, keeps an answer of it back and cuts the connection instead. */
export interface CuttingProxy {
  readonly port: number;
  /** Cuts at the answer with that number from now on, from 1: what was asked has been done, and nobody is told. */
  cutAtAnswer(number: number): void;
  /** Takes that back; true when it has happened. */
  rest(): boolean;
  close(): Promise<void>;
}

/**
 * @param postgres a folder with its socket, or a host; and its port
 */
export async function openCuttingProxy(postgres: { host: string; port: number }): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let untilCut = 0;
  let hasCut = false;
  const server = createServer((client) => {
    const upstream = postgres.host.startsWith("/")
      ? connect(`${postgres.host}/.s.PGSQL.${postgres.port}`)
      : connect(postgres.port, postgres.host);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        open.delete(socket);
        end();
      });
    }
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes) => {
      if (untilCut === 0) return void client.write(bytes);
      untilCut -= 1;
      if (untilCut > 0) return void client.write(bytes);
      hasCut = true;
      end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cutAtAnswer(number) {
      untilCut = number;
      hasCut = false;
    },
    rest() {
      untilCut = 0;
      return hasCut;
    },
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
