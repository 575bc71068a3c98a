import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";

/** What a name is answered with. `alias` is a CNAME whose own answers come along, as from a resolver that looked on. */
export interface NameAnswer {
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly alias?: string;
}

/** The names of a zone. Asked anew for every question, with how often that name and type was asked for before. */
export type Zone = (name: string, asked: number) => NameAnswer | undefined;

export interface NameServer {
  /** As `address:port`. */
  readonly address: string;
  /** How many questions came. */
  readonly questions: () => number;
  close(): Promise<void>;
}

const typeOf = { a: 1, cname: 5, aaaa: 28 } as const;
const noSuchName = 3;

function readName(packet: Buffer, at: number): { name: string; end: number } {
  const labels: string[] = [];
  let place = at;
  for (let length = packet[place] ?? 0; length > 0; length = packet[place] ?? 0) {
    labels.push(packet.toString("latin1", place + 1, place + 1 + length));
    place += length + 1;
  }
  return { name: labels.join("."), end: place + 1 };
}

function writeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from(label, "latin1"));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), Buffer.of(0)]);
}

function bytesOf(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  // A URL writes every IPv6 address in hexadecimal groups, the embedded IPv4 of some included.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string | undefined) => (text === undefined || text === "" ? [] : text.split(":"));
  const zeros = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => "0");
  const all = tail === undefined ? groups(head) : [...groups(head), ...zeros, ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}

function recordOf(name: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  // A time to live of 0: whoever keeps an answer all the same is found out by the next one.
  fixed.writeUInt32BE(0, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([writeName(name), fixed, data]);
}

function recordsOf(name: string, type: number, answer: NameAnswer): Buffer[] {
  const owner = answer.alias ?? name;
  const alias = answer.alias === undefined ? [] : [recordOf(name, typeOf.cname, writeName(answer.alias))];
  const addresses = (type === typeOf.a ? answer.a : type === typeOf.aaaa ? answer.aaaa : undefined) ?? [];
  return [...alias, ...addresses.map((address) => recordOf(owner, type, bytesOf(address)))];
}

/** A real name server on loopback, over UDP, that answers as a hostile one may. Names that it does not know do not exist. */
export async function openNameServer(zone: Zone): Promise<NameServer> {
  const socket = createSocket("udp4");
  const asked = new Map<string, number>();
  let questions = 0;
  socket.on("message", (question, from) => {
    questions += 1;
    const { name, end } = readName(question, 12);
    const type = question.readUInt16BE(end);
    const key = `${name.toLowerCase()} ${type}`;
    const before = asked.get(key) ?? 0;
    asked.set(key, before + 1);
    const answer = zone(name.toLowerCase(), before);
    const records = answer === undefined ? [] : recordsOf(name, type, answer);
    const header = Buffer.alloc(12);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8580 | (answer === undefined ? noSuchName : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    socket.send(Buffer.concat([header, question.subarray(12, end + 4), ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    questions: () => questions,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
