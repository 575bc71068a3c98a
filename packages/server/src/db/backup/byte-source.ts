import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { BackupError } from "./backup-format.ts";

/** The plain bytes of a gzip file, of which more is read only when it is asked for. */
export interface ByteSource {
  /** What has been read and not been taken yet. */
  readonly held: Buffer;
  /** Reads on; false at the end. @throws BackupError when the file is damaged or cannot be read */
  more(): Promise<boolean>;
  /** Takes so many of the bytes that are held. */
  take(length: number): Buffer;
  close(): void;
}

export function openSource(file: string): ByteSource {
  const source = createReadStream(file);
  const plain = source.on("error", (error) => plain.destroy(error)).pipe(createGunzip({ chunkSize: 256 * 1024 }));
  const chunks = plain[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let held: Buffer = Buffer.alloc(0);
  return {
    get held() {
      return held;
    },
    async more() {
      const next = await chunks.next().catch((error: Error) => {
        throw new BackupError(`The backup cannot be read to its end: ${error.message}`);
      });
      if (next.done === true) return false;
      held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
      return true;
    },
    take(length) {
      const taken = held.subarray(0, length);
      held = held.subarray(length);
      return taken;
    },
    close() {
      source.destroy();
      plain.destroy();
    },
  };
}
