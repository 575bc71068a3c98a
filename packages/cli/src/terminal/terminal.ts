import { coloured, type Paint, plain } from "./paint.ts";
import { startSpinner } from "./spinner.ts";

/** One of the two ways out: data goes to standard output, talk to standard error. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Where a command speaks. */
export interface Terminal {
  /** Data: what was asked for, a line at a time. */
  print(text: string): void;
  /** Talk: what a person may want to know meanwhile. */
  say(text: string): void;
  /** Lines of this command as they have to be typed here, which may be by way of npx. */
  asTyped(text: string): string;
  /** Colours for data, and for talk; each is plain where its stream is no terminal. */
  readonly paint: Paint;
  readonly paintTalk: Paint;
  /** Characters in a line of data; Infinity when nobody is there to see it. */
  readonly width: number;
  /** Does work that may take longer than a second, and shows on a terminal that something goes on. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
}

/** A line of this command within a text; its own name alone is not one. */
const ownLine = /(?<!npx )\bkineticpay (?=[a-z]+\b|COMMAND)/g;

/**
 * Opens the terminal.
 * @param colour what the environment or a flag says
 * @param options.typedAs how the command was typed, such as "npx kineticpay"
 * @param options.isJson whether a program reads along, to whom it says nothing that something goes on
 */
export function openTerminal(
  output: Stream,
  talk: Stream,
  colour: "auto" | "always" | "never",
  options: { readonly typedAs?: string; readonly isJson?: boolean } = {},
): Terminal {
  const { typedAs = "kineticpay", isJson = false } = options;
  const paintFor = (stream: Stream) =>
    colour === "always" || (colour === "auto" && stream.isTTY === true) ? coloured : plain;
  const paintTalk = paintFor(talk);
  let spinning: ReturnType<typeof startSpinner> | undefined;
  const asTyped = (text: string) => text.replace(ownLine, `${typedAs} `);
  const say = (text: string) => {
    spinning?.clear();
    talk.write(`${asTyped(text)}\n`);
  };
  return {
    print(text) {
      spinning?.clear();
      output.write(`${text}\n`);
    },
    say,
    asTyped,
    paint: paintFor(output),
    paintTalk,
    width: output.isTTY === true ? output.columns || 80 : Number.POSITIVE_INFINITY,
    async during(what, work) {
      if (isJson && talk.isTTY !== true) return work();
      const before = spinning;
      spinning = startSpinner(talk, what, paintTalk);
      try {
        return await work();
      } finally {
        spinning.stop();
        spinning = before;
      }
    },
  };
}
