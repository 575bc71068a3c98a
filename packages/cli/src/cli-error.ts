import { type ExitCode, exitCodes } from "./exit-codes.ts";

export interface CliErrorDetails {
  /** What to do or type next. */
  readonly next?: string;
  readonly requestId?: string;
  readonly docUrl?: string;
  /** More lines, such as one for each field at fault. */
  readonly details?: readonly string[];
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/** A failure as it is told: a code for programs, what happened, and what to do next. */
export class CliError extends Error {
  readonly code: string;
  readonly next: string | undefined;
  readonly requestId: string | undefined;
  readonly docUrl: string | undefined;
  readonly details: readonly string[];
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, details: CliErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "CliError";
    this.code = code;
    this.next = details.next;
    this.requestId = details.requestId;
    this.docUrl = details.docUrl;
    this.details = details.details ?? [];
    this.exitCode = details.exitCode ?? exitCodes.error;
  }
}

/** What was typed cannot be understood. `command` is whose help is named. */
export function usageError(message: string, command: string): CliError {
  return new CliError("usage", message, { next: `${command} --help`, exitCode: exitCodes.usage });
}
