import { isIP } from "node:net";
import { type CrashAt, crashLabels } from "./seams/crash-points.ts";

/** How the text of a setting becomes a value; a thrown message names what is accepted. */
export type Reader<T> = (text: string) => T;

export const text: Reader<string> = (value) => value;

export function wholeNumber(minimum: number, maximum: number): Reader<number> {
  return (value) => {
    const number = Number(value);
    if (!/^\d{1,12}$/.test(value) || number < minimum || number > maximum) {
      throw new Error(`a whole number from ${minimum} to ${maximum}`);
    }
    return number;
  };
}

export function oneOf<const T extends string>(...choices: readonly T[]): Reader<T> {
  return (value) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new Error(`one of ${choices.join(", ")}`);
    return found;
  };
}

/** An origin, with no path, query or credentials, and without a trailing slash. */
export const origin: Reader<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain =
    url !== undefined && url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
  if (!plain || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new Error("an origin such as https://pay.example.my");
  }
  return url.origin;
};

export const seconds: Reader<readonly number[]> = (value) => {
  const list = value.split(",").map((part) => part.trim());
  if (list.length > 50 || !list.every((part) => /^\d{1,7}$/.test(part) && Number(part) > 0)) {
    throw new Error("up to 50 whole numbers of seconds, joined by commas");
  }
  return list.map(Number);
};

/** An address or a CIDR range, but not all of a family: to believe everybody is to believe any stranger. */
function isRange(entry: string): boolean {
  const [address = "", prefix, ...rest] = entry.split("/");
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address.includes("%") ? "" : address)] ?? 0;
  if (bits === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^[1-9][0-9]{0,2}$/.test(prefix) && Number(prefix) <= bits);
}

const rangesForm = "up to 100 addresses or CIDR ranges joined by commas, such as 10.0.0.5,192.168.0.0/24,2001:db8::/64";

export const rangeList: Reader<readonly string[]> = (value) => {
  const list = value.split(",").map((part) => part.trim());
  if (list.length > 100 || !list.every(isRange)) throw new Error(rangesForm);
  return list;
};

/** All, none, or some of what is not on the public internet. */
export const privateTargets: Reader<"on" | "off" | readonly string[]> = (value) => {
  if (value === "on" || value === "off") return value;
  try {
    return rangeList(value);
  } catch {
    throw new Error(`on, off, or ${rangesForm}`);
  }
};

export const fpxId =
  (prefix: string): Reader<string> =>
  (value) => {
    if (!new RegExp(`^${prefix}\\d{8}$`).test(value)) throw new Error(`${prefix} and eight digits`);
    return value;
  };

/** The address may hold a password, so that what is wrong with it is said without showing it. */
export const redisAddress: Reader<string> = (value) => {
  const protocol = URL.canParse(value) ? new URL(value).protocol : "";
  if (protocol !== "redis:" && protocol !== "rediss:") throw new Error("an address such as redis://127.0.0.1:6379");
  return value;
};

export const crashAt: Reader<CrashAt> = (value) => {
  const [, label, passing] = /^(.+):([1-9]\d{0,5})$/.exec(value) ?? [];
  const known = crashLabels.find((each) => each === label);
  if (known === undefined) {
    throw new Error('a label that "operator crash-points list" prints and a count, such as before:payments.settle:3');
  }
  return { label: known, passing: Number(passing) };
};

export const emailAddress: Reader<string> = (value) => {
  if (value.length > 120 || !/^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(value))
    throw new Error("an address such as help@pay.example.my");
  return value;
};

export const phoneNumber: Reader<string> = (value) => {
  if (!/^\+?\d[\d ()-]{4,23}$/.test(value)) throw new Error("a number such as +60 3-1234 5678");
  return value;
};

/** Buyers follow it, so it is a page of the web and carries no password. */
export const pageAddress: Reader<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isPage = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!isPage || url.href.length > 300) throw new Error("an address such as https://pay.example.my/help");
  return url.href;
};
