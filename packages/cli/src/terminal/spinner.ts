import type { Paint } from "./paint.ts";
import type { Stream } from "./terminal.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 80;
/** What is over sooner needs no sign that something goes on. */
const shownAfterMs = 300;
/** Without a terminal there is one line, and only for what really takes time. */
const toldAfterMs = 1_000;

export interface Spinner {
  /** Makes room for a line of text; the spinner comes back below it. */
  clear(): void;
  stop(): void;
}

/** Shows on standard error that something goes on: turning on a terminal, as one line elsewhere. */
export function startSpinner(talk: Stream, what: string, paint: Paint): Spinner {
  if (talk.isTTY !== true) {
    const timer = setTimeout(() => talk.write(`${what} …\n`), toldAfterMs);
    return { clear: () => undefined, stop: () => clearTimeout(timer) };
  }
  let frame = 0;
  let isShown = false;
  const clear = () => {
    if (isShown) talk.write("\r\u001b[2K");
    isShown = false;
  };
  const draw = () => {
    talk.write(`\r\u001b[2K${paint("cyan", frames[frame % frames.length] ?? "")} ${what} …`);
    isShown = true;
    frame += 1;
  };
  let interval: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    interval = setInterval(draw, frameMs);
  }, shownAfterMs);
  return {
    clear,
    stop() {
      clearTimeout(timer);
      clearInterval(interval);
      clear();
    },
  };
}
