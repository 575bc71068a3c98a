import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../random.ts";

/** What becomes of bytes on their way. It may change at any time, and is read anew for every piece of data. */
export interface Weather {
  /** Every piece waits this long, and up to `jitterMs` longer. */
  readonly delayMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerS?: number;
  /** Everything is taken and nothing arrives; connections stay open, as when a cable is pulled. */
  readonly blackhole?: boolean;
  /** New connections are closed at once. */
  readonly refuse?: boolean;
  /** The connection is reset once that many bytes have passed towards the client. */
  readonly resetAfterBytes?: number;
  /** The client sees the end of the stream after that many bytes, and may still send. */
  readonly halfCloseAfterBytes?: number;
  /** The share of pieces towards the client in which one byte is changed. */
  readonly corruptShare?: number;
}

/** Looks at what passes on one connection and may hold it up. */
export interface Tap {
  /** What is to be sent on of a piece from the client. */
  fromClient(piece: Buffer): Buffer;
  fromServer(piece: Buffer): Buffer;
}

/** The two ends of one connection through the proxy. */
export interface Ends {
  readonly client: Socket;
  readonly server: Socket;
}

export interface FaultProxyOptions {
  readonly port: number;
  readonly random: Random;
  readonly tap?: (ends: Ends) => Tap;
}

/** A TCP proxy on loopback that lets bytes through as the weather has it. */
export interface FaultProxy {
  readonly port: number;
  readonly connections: number;
  weather(next: Weather): void;
  /** New connections lead to another port from now on. */
  pointTo(port: number): void;
  /** Resets every open connection. */
  resetAll(): void;
  close(): Promise<void>;
}

type Direction = "up" | "down";

/** The bytes of one direction, in order, each piece after the one before. */
class Stream {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #direction: Direction;
  readonly #now: () => Weather;
  readonly #random: Random;
  readonly #change: (piece: Buffer) => Buffer;
  #passed = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(direction: Direction, ends: Ends, now: () => Weather, random: Random, change: (piece: Buffer) => Buffer) {
    this.#direction = direction;
    this.#from = direction === "up" ? ends.client : ends.server;
    this.#to = direction === "up" ? ends.server : ends.client;
    this.#now = now;
    this.#random = random;
    this.#change = change;
  }

  run(): void {
    this.#from.on("data", (piece: Buffer) => {
      this.#from.pause();
      this.#queue = this.#queue.then(() => this.#pass(piece)).finally(() => this.#from.resume());
    });
    this.#from.on("end", () => {
      this.#queue = this.#queue.then(() => {
        if (this.#now().blackhole !== true) this.#to.end();
      });
    });
    this.#from.on("error", () => this.#to.destroy());
    this.#from.on("close", () => void this.#queue.then(() => this.#to.destroy()));
  }

  async #pass(piece: Buffer): Promise<void> {
    const weather = this.#now();
    if (weather.blackhole === true) return;
    const waitMs = (weather.delayMs ?? 0) + (weather.jitterMs ?? 0) * this.#random.fraction();
    const lineMs = weather.bytesPerS === undefined ? 0 : (piece.length / weather.bytesPerS) * 1_000;
    if (waitMs + lineMs > 0) await pause(waitMs + lineMs);
    if (this.#direction === "down" && this.#breaks(weather, piece)) return;
    const changed = this.#change(this.#corrupted(weather, piece));
    if (changed.length === 0 || this.#to.destroyed || !this.#to.writable) return;
    this.#passed += changed.length;
    if (this.#to.write(changed)) return;
    // A connection that breaks meanwhile has nothing to wait for; that it broke, its close tells.
    await Promise.race([once(this.#to, "drain"), once(this.#to, "close")]).catch(() => undefined);
  }

  #breaks(weather: Weather, piece: Buffer): boolean {
    const after = this.#passed + piece.length;
    if (weather.resetAfterBytes !== undefined && after > weather.resetAfterBytes) {
      this.#to.resetAndDestroy();
      this.#from.destroy();
      return true;
    }
    if (weather.halfCloseAfterBytes !== undefined && after > weather.halfCloseAfterBytes) {
      this.#to.end();
      return true;
    }
    return false;
  }

  #corrupted(weather: Weather, piece: Buffer): Buffer {
    const share = this.#direction === "down" ? (weather.corruptShare ?? 0) : 0;
    if (share === 0 || piece.length === 0 || !this.#random.chance(share)) return piece;
    const changed = Buffer.from(piece);
    const at = this.#random.whole(0, piece.length - 1);
    changed[at] = (changed[at] ?? 0) ^ (1 << this.#random.whole(0, 7));
    return changed;
  }
}

/** Puts a proxy in front of a port of loopback. */
export async function openFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  let weather: Weather = {};
  let { port } = options;
  const open = new Set<Ends>();
  const server: Server = createServer({ allowHalfOpen: true }, (client) => {
    client.on("error", () => undefined);
    if (weather.refuse === true) return void client.resetAndDestroy();
    const ends: Ends = { client, server: connect({ port, host: "127.0.0.1", allowHalfOpen: true }) };
    open.add(ends);
    for (const end of [ends.client, ends.server]) {
      end.setNoDelay(true);
      end.on("close", () => open.delete(ends));
    }
    const tap = options.tap?.(ends);
    const now = () => weather;
    new Stream("up", ends, now, options.random, (piece) => tap?.fromClient(piece) ?? piece).run();
    new Stream("down", ends, now, options.random, (piece) => tap?.fromServer(piece) ?? piece).run();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const resetAll = () => {
    for (const { client, server: far } of open) {
      client.resetAndDestroy();
      far.destroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return open.size;
    },
    weather(next) {
      weather = next;
    },
    pointTo(next) {
      port = next;
    },
    resetAll,
    async close() {
      resetAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
