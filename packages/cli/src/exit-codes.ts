/** How the command ends. These numbers are part of what scripts may rely on; the guide lists them. */
export const exitCodes = {
  ok: 0,
  /** It did not work. */
  error: 1,
  /** Somebody stopped it before it was done. */
  cancelled: 2,
  /** It worked, and what it looked at is not as it should be: `doctor` found faults, `certify` failed a trial. */
  found: 3,
  /** No key, or one that the gateway does not let in. */
  refused: 4,
  /** The command was not understood. */
  usage: 64,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
