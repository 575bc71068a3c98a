import type { Connection } from "../request/connection.ts";
import { Faults } from "./faults.ts";

/** What only a sandbox can do. */
export class Sandbox {
  readonly faults: Faults;

  constructor(connection: Connection) {
    this.faults = new Faults(connection);
  }
}
