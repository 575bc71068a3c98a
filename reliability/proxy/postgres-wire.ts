/**
 * Follows what a client asks of Postgres, by version 3 of its protocol ("Message Formats" in PostgreSQL's manual), as far
 * as is needed to know when a commit is asked for and when it has been answered.
 */
export interface PostgresWatch {
  /** @returns true when this piece asks for something to be committed */
  fromClient(piece: Buffer): boolean;
  /** @returns true when this piece says that what was asked for is done and the server is idle again */
  fromServer(piece: Buffer): boolean;
}

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/** Cuts a stream into messages: a letter, a length that counts itself, and the rest. */
class Cutter {
  #rest = Buffer.alloc(0);
  /** A client's first message, and its wish for TLS, have no letter. */
  #isStarting: boolean;

  constructor(isStarting: boolean) {
    this.#isStarting = isStarting;
  }

  cut(piece: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, piece]);
    const found: Message[] = [];
    for (;;) {
      const letters = this.#isStarting ? 0 : 1;
      if (this.#rest.length < letters + 4) return found;
      const length = letters + this.#rest.readInt32BE(letters);
      if (this.#rest.length < length) return found;
      const body = this.#rest.subarray(letters + 4, length);
      found.push({ type: letters === 0 ? "" : String.fromCharCode(this.#rest[0] ?? 0), body });
      if (letters === 0 && body.readInt32BE(0) !== tlsWish) this.#isStarting = false;
      this.#rest = this.#rest.subarray(length);
    }
  }
}

const tlsWish = 80_877_103;

/** The texts that end in a zero byte, from the start of a message. */
function texts(body: Buffer, count: number): string[] {
  const found: string[] = [];
  for (let at = 0; found.length < count; ) {
    const end = body.indexOf(0, at);
    if (end < 0) return found;
    found.push(body.toString("utf8", at, end));
    at = end + 1;
  }
  return found;
}

const ends = /^\s*(commit|end)\b/i;
const writes = /\b(insert\s+into|delete\s+from|update\s+[\w."]+(\s+(as\s+)?\w+)?\s+set)\b/i;

export function watchPostgres(): PostgresWatch {
  const client = new Cutter(true);
  const server = new Cutter(false);
  const statements = new Map<string, string>();
  const portals = new Map<string, string>();
  let isIdle = true;
  const commits = (text: string) => ends.test(text) || (isIdle && writes.test(text));
  const asks = ({ type, body }: Message): boolean => {
    const [first = "", second = ""] = texts(body, 2);
    if (type === "P") statements.set(first, second);
    if (type === "B") portals.set(first, statements.get(second) ?? "");
    if (type === "E") return commits(portals.get(first) ?? "");
    return type === "Q" && commits(first);
  };
  return {
    fromClient: (piece) => client.cut(piece).filter(asks).length > 0,
    fromServer(piece) {
      let isReady = false;
      for (const { type, body } of server.cut(piece)) {
        if (type !== "Z") continue;
        isReady = true;
        isIdle = body.toString("latin1", 0, 1) === "I";
      }
      return isReady;
    },
  };
}
