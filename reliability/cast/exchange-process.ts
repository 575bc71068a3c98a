import { type ExchangeControl, exchangeControl } from "../../acceptance/harness/exchange-control.ts";
import { type Program, startProgram } from "../../acceptance/harness/program.ts";
import { until } from "../../acceptance/harness/until.ts";

/** The pretend exchange as a program of its own, which goes on while the gateway dies. */
export interface ExchangeProcess {
  readonly url: string;
  readonly certificateDirectory: string;
  readonly control: ExchangeControl;
  readonly program: Program;
  close(): Promise<void>;
}

export interface ExchangeOptions {
  readonly dataDirectory: string;
  readonly gatewayUrl: string;
  readonly merchantPublicKeyFile: string;
}

const readyWithinMs = 30_000;

export async function openExchange(options: ExchangeOptions): Promise<ExchangeProcess> {
  const program = startProgram("packages/fpx-simulator/dist/main.js", {
    SIMULATOR_PORT: "0",
    SIMULATOR_DATA_DIR: options.dataDirectory,
    SIMULATOR_GATEWAY_URL: options.gatewayUrl,
    SIMULATOR_EXCHANGE_ID: "EX00000001",
    SIMULATOR_MERCHANT_PUBLIC_KEY_FILE: options.merchantPublicKeyFile,
  });
  const line = await until(
    "the exchange to listen",
    () => {
      if (program.hasEnded()) throw new Error(`the exchange ended:\n${program.stderr()}`);
      return program.stdout().includes("\n") && program.stdout();
    },
    readyWithinMs,
  );
  const told = JSON.parse(line) as { url: string; certificate_directory: string };
  return {
    url: told.url,
    certificateDirectory: told.certificate_directory,
    control: exchangeControl(told.url),
    program,
    async close() {
      program.process.kill("SIGTERM");
      await program.ended;
    },
  };
}
