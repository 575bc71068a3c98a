import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How a machine's clock is wrong: by so much, and running so many times too fast. */
export interface WrongClock {
  readonly name: string;
  readonly skewS: number;
  readonly speed: number;
}

/** Where Debian's `faketime` keeps what it loads into programs. */
const libraries = ["x86_64", "aarch64"].map((each) => `/usr/lib/${each}-linux-gnu/faketime/libfaketime.so.1`);
const preload = fileURLToPath(new URL("skewed-date.mjs", import.meta.url));

/** What fakes a clock here: the whole of it by Debian's library, or what programs in JavaScript see of it. */
export function fakerOfClocks(): "faketime" | "preload" {
  return libraries.some((file) => existsSync(file)) ? "faketime" : "preload";
}

/** The environment that gives a program this clock. Its steady clock stays right, as every machine's does. */
export function environmentOfClock(clock: WrongClock, by: "faketime" | "preload"): Record<string, string> {
  const library = libraries.find((file) => existsSync(file));
  if (by === "faketime" && library !== undefined) {
    const sign = clock.skewS < 0 ? "-" : "+";
    return {
      LD_PRELOAD: library,
      FAKETIME: `${sign}${Math.abs(clock.skewS)}s${clock.speed === 1 ? "" : ` x${clock.speed}`}`,
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
  }
  return {
    NODE_OPTIONS: `--import ${preload}`,
    SKEW_MS: String(clock.skewS * 1_000),
    SPEED: String(clock.speed),
  };
}
