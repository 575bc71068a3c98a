import { describe, expect, it } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { createSeal, sealPurposes } from "./seal.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const fraction = seededRandom(seed);
const random = { fraction, bytes: (length: number) => Uint8Array.from({ length }, () => Math.floor(fraction() * 256)) };
const seal = createSeal(random.bytes(32), random);
const secret = Buffer.from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

describe(`a secret that was sealed (seed ${seed})`, () => {
  it("opens for its purpose, is nowhere to be read, and is never sealed twice alike", () => {
    const [once, again] = [seal.close(secret, "signing secret"), seal.close(secret, "signing secret")];
    expect(seal.open(once, "signing secret")).toEqual(secret);
    expect(once.includes(secret)).toBe(false);
    expect(once).not.toEqual(again);
  });

  it("opens for no other purpose", () => {
    const purposes = Object.values(sealPurposes);
    for (const one of purposes)
      for (const other of purposes.filter((each) => each !== one))
        expect(() => seal.open(seal.close(secret, one), other), `${one} as ${other}`).toThrow();
  });

  it("opens under no other master key, and says that it was sealed under another", () => {
    const other = createSeal(random.bytes(32), random);
    const ask = () => other.open(seal.close(secret, "kept answer"), "kept answer");
    expect(ask).toThrow('a secret for "kept answer" was sealed under another master key');
  });

  it("opens no more once any bit of it is another", () => {
    const sealed = seal.close(secret, "callback key");
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => seal.open(altered, "callback key"), `bit ${bit}`).toThrow();
    }
  });

  it("opens no more once it is cut short, at its end or within its tag", () => {
    const sealed = seal.close(secret, "callback key");
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => seal.open(sealed.subarray(0, length), "callback key"), `${length} bytes`).toThrow();
  });
});

it("takes no master key of another length", () => {
  for (const length of [0, 16, 31, 33, 64]) expect(() => createSeal(random.bytes(length), random)).toThrow(RangeError);
});
