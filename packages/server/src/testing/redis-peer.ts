import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

/** What stands where Redis should be: it can answer, be silent, answer late, talk nonsense, or hang up. */
export type PeerBehaviour = "answer" | "silent" | "late" | "nonsense" | "hang-up";

export interface RedisPeer {
  readonly url: string;
  /** Scripts run so far. */
  readonly runs: readonly (readonly string[])[];
  behave(behaviour: PeerBehaviour): void;
  close(): Promise<void>;
}

const lateMs = 200;
const ok = "+OK\r\n";
const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** Takes whole commands (RESP arrays of bulk strings) off the front of what has arrived. */
function readCommands(received: string): { commands: string[][]; rest: string } {
  const commands: string[][] = [];
  let rest = received;
  for (;;) {
    const parts = rest.split("\r\n");
    const count = Number(/^\*(\d+)$/.exec(parts[0] ?? "")?.[1] ?? Number.NaN);
    if (!(parts.length > count * 2 + 1)) return { commands, rest };
    commands.push(Array.from({ length: count }, (_, i) => parts[2 + i * 2] ?? ""));
    rest = parts.slice(1 + count * 2).join("\r\n");
  }
}

function answerTo(command: readonly string[]): string {
  const [name = "", second = ""] = command.map((word) => word.toUpperCase());
  if (name === "HELLO") return `%2\r\n${bulk("server")}${bulk("redis")}${bulk("proto")}:3\r\n`;
  if (name === "SCRIPT" && second === "LOAD")
    return bulk(
      createHash("sha1")
        .update(command[2] ?? "")
        .digest("hex"),
    );
  // Admitted, with seven left: what a script would give that has another process's calls to count.
  return name === "EVALSHA" ? "*2\r\n:0\r\n:7\r\n" : ok;
}

/** Listens on loopback and speaks as much of Redis's protocol as a client needs to start. */
export async function openRedisPeer(): Promise<RedisPeer> {
  const runs: string[][] = [];
  const sockets = new Set<Socket>();
  let behaviour: PeerBehaviour = "answer";
  const act = (socket: Socket, command: string[]) => {
    if (command[0]?.toUpperCase() === "EVALSHA") runs.push(command);
    if (behaviour === "hang-up") socket.destroy();
    else if (behaviour === "nonsense") socket.write("\u0000?HTTP/1.1 200 OK\r\n\r\n");
    else if (behaviour === "late") setTimeout(() => socket.write(answerTo(command)), lateMs);
    else if (behaviour === "answer") socket.write(answerTo(command));
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = "";
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => {
      const { commands, rest } = readCommands(received + chunk.toString());
      received = rest;
      for (const command of commands) act(socket, command);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    runs,
    behave(next) {
      behaviour = next;
      if (next === "hang-up") for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
