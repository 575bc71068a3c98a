import pino, { type DestinationStream, type Logger } from "pino";

interface Described {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: Described;
}

const deepestCause = 3;

/**
 * An error as it may stand in a log: what it is and where it came from. Its other properties stay out, since drivers hang
 * whole connections on their errors, with passwords and parameters in them.
 */
export function describeError(error: unknown, depth = 0): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code, cause } = error as Error & { code?: unknown; cause?: unknown };
  return {
    type: error.constructor.name,
    message: error.message,
    ...(typeof code === "string" ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: describeError(cause, depth + 1) }),
  };
}

/**
 * JSON lines on standard error; standard output belongs to what a person or a program asked for.
 * @param destination another place for them
 */
export function createLog(
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  return pino({ level, base: null, serializers: { err: describeError } }, destination);
}
