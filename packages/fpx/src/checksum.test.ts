import {
  checkPrimeSync,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSign,
  generateKeyPairSync,
} from "node:crypto";
import { describe, expect, it } from "vitest";
import { sign, sourceString, verify } from "./checksum.ts";
import {
  authorisationFields,
  authorisationRequest,
  bankListFields,
  bankListRequest,
  bankListRequestFields,
  confirmationFields,
  enquiryRequest,
  FpxFormatError,
  parseForm,
} from "./messages.ts";

describe("the signed text", () => {
  it("of an authorisation request holds its twenty values in FPX's order, blanks kept", () => {
    expect(sourceString(authorisation, authorisationFields)).toBe(
      "||MB2U0227|siti@example.my|||Siti Aminah||01|AR|Batik shirt|01|EX00001234|X-2023-1|SE00005678|INV-10001|20230615112327|10.50|MYR|7.0",
    );
  });

  it("of an enquiry differs from its request's in the message type alone", () => {
    expect(sourceString(enquiryRequest(authorisation), authorisationFields)).toBe(
      sourceString(authorisation, authorisationFields).replace("|AR|", "|AE|"),
    );
  });

  it("of a confirmation holds its twenty-one values in FPX's order, the simulator's awkward buyer included", () => {
    expect(sourceString(confirmation, confirmationFields)).toBe(
      "SBI BANK A|TEST0021|||N@ME()/ .-&BUYER|00|9999999999|00|15733223|2306151123270109|20230615112401|New Simulator|01|AC|EX00001234|X-2023-1|SE00005678|INV-10001|20230615112327|10.50|MYR",
    );
  });

  it("of a bank list and of its request holds four values each", () => {
    const request = bankListRequest({ sellerExId: "EX00001234", model: "b2b1", version: "7.0" });
    expect(sourceString(request, bankListRequestFields)).toBe("02|BE|EX00001234|7.0");
    const list = parseForm(
      "fpx_msgType=BC&fpx_sellerExId=EX00001234&fpx_msgToken=01&fpx_bankList=ABB0233%7EA%2CBIMB0340%7EB",
    );
    expect(sourceString(list, bankListFields)).toBe("ABB0233~A,BIMB0340~B|01|BC|EX00001234");
  });

  it("lists every signed field once and in the order of the alphabet", () => {
    for (const [order, count] of [
      [authorisationFields, 20],
      [confirmationFields, 21],
      [bankListRequestFields, 4],
      [bankListFields, 4],
    ] as const) {
      expect(order).toEqual([...new Set(order)].sort());
      expect(order).toHaveLength(count);
    }
  });

  it("is not made of a message that lacks a field, or whose value could forge a border", () => {
    const { fpx_makerName: _, ...incomplete } = confirmation;
    expect(() => sourceString(incomplete, confirmationFields)).toThrow(FpxFormatError);
    expect(() => sourceString({ ...confirmation, fpx_buyerName: "a|b" }, confirmationFields)).toThrow(/fpx_buyerName/);
    expect(() => sourceString({ ...confirmation, fpx_buyerName: "a\nb" }, confirmationFields)).toThrow(/control/);
  });
});

describe("the signature", () => {
  it("is RSASSA-PKCS1-v1_5 with SHA-1 in upper-case hexadecimal, as the golden message has it", () => {
    const signed = sign(authorisation, authorisationFields, goldenKey);
    expect(signed["fpx_checkSum"]).toBe(goldenSignature);
    expect(signed).toEqual({ ...authorisation, fpx_checkSum: goldenSignature });
    expect(verify({ ...authorisation, fpx_checkSum: goldenSignature }, authorisationFields, goldenPublicKey)).toBe(
      true,
    );
  });

  it("is believed in lower case too", () => {
    const message = { ...authorisation, fpx_checkSum: goldenSignature.toLowerCase() };
    expect(verify(message, authorisationFields, goldenPublicKey)).toBe(true);
  });

  it("is not believed under another digest than the one it was made with", () => {
    const signed = sign(authorisation, authorisationFields, goldenKey, "sha256");
    expect(verify(signed, authorisationFields, goldenPublicKey, "sha256")).toBe(true);
    expect(verify(signed, authorisationFields, goldenPublicKey)).toBe(false);
    expect(
      verify(sign(authorisation, authorisationFields, goldenKey), authorisationFields, goldenPublicKey, "sha256"),
    ).toBe(false);
  });

  it("is not believed under another key", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    expect(verify(sign(authorisation, authorisationFields, goldenKey), authorisationFields, publicKey)).toBe(false);
  });

  it.each([
    ["missing", undefined],
    ["blank", ""],
    ["one digit short", goldenText().slice(1)],
    ["one byte short", goldenText().slice(2)],
    ["one digit long", `${goldenText()}0`],
    ["one byte long", `${goldenText()}00`],
    ["not hexadecimal", `G${goldenText().slice(1)}`],
    ["padded with a space", ` ${goldenText().slice(1)}`],
    ["all zeros", "0".repeat(512)],
  ])("that is %s is refused without an exception", (_name, checksum) => {
    const message = checksum === undefined ? authorisation : { ...authorisation, fpx_checkSum: checksum };
    expect(verify(message, authorisationFields, goldenPublicKey)).toBe(false);
  });

  it("ignores fields that are not signed", () => {
    const signed = sign(authorisation, authorisationFields, goldenKey);
    expect(verify({ ...signed, fpx_eaccountNum: "1", fpx_other: "2" }, authorisationFields, goldenPublicKey)).toBe(
      true,
    );
  });

  it("is not believed under a short key, however well it fits", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const source = Buffer.from(sourceString(authorisation, authorisationFields));
    const checksum = createSign("sha1").update(source).sign(privateKey, "hex");
    expect(verify({ ...authorisation, fpx_checkSum: checksum }, authorisationFields, publicKey)).toBe(false);
  });

  it("is not made or believed with a key that FPX does not take", () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
    for (const pair of [weak, curve]) {
      expect(() => sign(authorisation, authorisationFields, pair.privateKey)).toThrow(TypeError);
      expect(verify({ ...authorisation, fpx_checkSum: goldenSignature }, authorisationFields, pair.publicKey)).toBe(
        false,
      );
    }
    expect(() => sign(authorisation, authorisationFields, goldenPublicKey)).toThrow(TypeError);
  });
});

const authorisation = authorisationRequest({
  sellerExId: "EX00001234",
  sellerExOrderNo: "X-2023-1",
  sellerTxnTime: "20230615112327",
  sellerOrderNo: "INV-10001",
  sellerId: "SE00005678",
  sellerBankCode: "01",
  amountSen: 1050,
  buyerEmail: "siti@example.my",
  buyerName: "Siti Aminah",
  buyerBankId: "MB2U0227",
  productDescription: "Batik shirt",
  version: "7.0",
  model: "b2c",
});

const confirmation = parseForm(
  "fpx_debitAuthCode=00&fpx_debitAuthNo=15733223&fpx_creditAuthCode=00&fpx_creditAuthNo=9999999999&fpx_msgToken=01" +
    "&fpx_msgType=AC&fpx_sellerExId=EX00001234&fpx_sellerId=SE00005678&fpx_sellerExOrderNo=X-2023-1" +
    "&fpx_sellerOrderNo=INV-10001&fpx_sellerTxnTime=20230615112327&fpx_fpxTxnId=2306151123270109" +
    "&fpx_fpxTxnTime=20230615112401&fpx_txnAmount=10.50&fpx_txnCurrency=MYR&fpx_buyerBankId=TEST0021" +
    "&fpx_buyerBankBranch=SBI+BANK+A&fpx_buyerName=N%40ME%28%29%2F+.-%26BUYER&fpx_buyerId=&fpx_buyerIban=" +
    "&fpx_makerName=New+Simulator",
);

const goldenSignature = goldenText();
const goldenKey = keyFromSeed("fpx golden message");
const goldenPublicKey = createPublicKey(goldenKey);

/**
 * The signature over the golden source string, reckoned outside Node (RFC 8017 section 8.2.1 in big integers), so that
 * agreement here is agreement with the standard.
 */
function goldenText(): string {
  return [
    "DC63130CA586C7CA4A6C6D456162D55E1A4E2232167BC80D53EA9B7872618470",
    "76A7370792E43D42271C721A50039A6FCB3290737CF1636FCCBB6991354DAB1D",
    "69987E3E905D2B59047F5890C232499CD34E23985925DFA7553E96A0CE245883",
    "B69B8830E4D781C62FC7A030082D2D50FAD92AE187C94BC8B78F56A150CA49DD",
    "32DAE7537952B92662EF5FFD68029A0C93B7E6AAD7B6314CCC1199FBC7714DE2",
    "60B2B3BCA2D3CE71959AB954D9281A142D081E075089A54CECD106FA8D42155F",
    "28701DA89016E4D2A881593212967DA1BFD04438F1CBA9D7553BC245DC708ED3",
    "A72E5448E0660CF59F04C67AB3C0F40621D37746CD96D1505C17B65F6DAD8EA1",
  ].join("");
}

/** The same RSA key on every run, grown from a seed, so that a golden signature needs no private key in the repository. */
function keyFromSeed(seed: string) {
  const exponent = 65537n;
  const [p, q] = [primeFromSeed(`${seed} p`, exponent), primeFromSeed(`${seed} q`, exponent)];
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  const jwk = { n: p * q, e: exponent, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const entries = Object.entries(jwk).map(([name, value]) => [name, toBase64url(value)]);
  return createPrivateKey({ key: { kty: "RSA", ...Object.fromEntries(entries) }, format: "jwk" });
}

function primeFromSeed(seed: string, exponent: bigint): bigint {
  const digest = (part: number) => createHash("sha512").update(`${seed} ${part}`).digest("hex");
  // The two top bits make the product of two such primes 2048 bits long; the lowest makes the candidate odd.
  let candidate = BigInt(`0x${digest(0)}${digest(1)}`) | (3n << 1022n) | 1n;
  while (!checkPrimeSync(candidate) || (candidate - 1n) % exponent === 0n) candidate += 2n;
  return candidate;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, rest, x, y] = [modulus, value % modulus, 0n, 1n];
  while (rest > 0n) {
    const quotient = previous / rest;
    [previous, rest] = [rest, previous - quotient * rest];
    [x, y] = [y, x - quotient * y];
  }
  return ((x % modulus) + modulus) % modulus;
}

function toBase64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url");
}
