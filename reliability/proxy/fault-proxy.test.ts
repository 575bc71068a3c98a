import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../../acceptance/harness/until.ts";
import { randomFrom } from "../random.ts";
import { type FaultProxy, openFaultProxy, type Weather } from "./fault-proxy.ts";

const answer = Buffer.alloc(10_000, "a");
let server: Server;
let proxy: FaultProxy;
let heard: string;

beforeEach(async () => {
  heard = "";
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (piece: Buffer) => {
      heard += piece.toString();
      socket.write(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await openFaultProxy({ port: (server.address() as AddressInfo).port, random: randomFrom(1) });
});
afterEach(async () => {
  await proxy.close();
  server.close();
});

interface Seen {
  readonly socket: Socket;
  bytes: Buffer;
  end: boolean;
  error: string;
  isClosed: boolean;
}

function open(): Seen {
  const socket = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  const seen: Seen = { socket, bytes: Buffer.alloc(0), end: false, error: "", isClosed: false };
  socket.on("data", (piece: Buffer) => {
    seen.bytes = Buffer.concat([seen.bytes, piece]);
  });
  socket.on("end", () => {
    seen.end = true;
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    seen.error = error.code ?? "";
  });
  socket.on("close", () => {
    seen.isClosed = true;
  });
  return seen;
}

const ask = (weather: Weather): Seen => {
  proxy.weather(weather);
  const seen = open();
  seen.socket.write("hello");
  return seen;
};
const whole = (seen: Seen) => until("the whole answer", () => seen.bytes.length === answer.length);

test("lets everything through in fair weather", async () => {
  const seen = ask({});
  await whole(seen);
  expect(heard).toBe("hello");
  expect(seen.bytes.equals(answer)).toBe(true);
  seen.socket.destroy();
});

test("delays and throttles", async () => {
  const began = performance.now();
  const seen = ask({ delayMs: 100, bytesPerS: 50_000 });
  await whole(seen);
  // A delay each way, and 10,000 bytes at 50,000 a second.
  expect(performance.now() - began).toBeGreaterThan(390);
  seen.socket.destroy();
});

test("swallows both ways without breaking the connection, until the weather clears", async () => {
  const seen = ask({ blackhole: true });
  await until("the connection to be open", () => proxy.connections === 1);
  await expect(until("an answer", () => seen.bytes.length > 0, 200)).rejects.toThrow("in vain");
  expect(heard).toBe("");
  expect(seen).toMatchObject({ end: false, error: "", isClosed: false });
  proxy.weather({});
  seen.socket.write("again");
  await whole(seen);
  expect(heard).toBe("again");
  seen.socket.destroy();
});

test("resets after so many bytes, and at once when it refuses", async () => {
  const cut = ask({ resetAfterBytes: 5_000 });
  await until("the connection to break", () => cut.isClosed);
  expect(cut.bytes.length).toBeLessThanOrEqual(5_000);
  expect(cut.error).toBe("ECONNRESET");
  const refused = ask({ refuse: true });
  await until("the connection to break", () => refused.isClosed);
  expect(refused.bytes.length).toBe(0);
});

test("half-closes: the answer ends, and what is sent still arrives", async () => {
  const seen = ask({ halfCloseAfterBytes: 0 });
  await until("the end of the answer", () => seen.end);
  expect(seen.isClosed).toBe(false);
  seen.socket.write(" and more");
  await until("the rest to arrive", () => heard === "hello and more");
  seen.socket.destroy();
});

test("corrupts one bit of what comes back", async () => {
  const seen = ask({ corruptShare: 1 });
  await whole(seen);
  const different = [...seen.bytes].filter((byte, index) => byte !== answer[index]);
  expect(different.length).toBeGreaterThan(0);
  expect(different.length).toBeLessThan(20);
  seen.socket.destroy();
});
