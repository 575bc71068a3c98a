import { findSandbox, type Sandbox } from "../access/sandbox-file.ts";

const timeoutMs = 3_000;

async function statusOf(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const answer = await fetch(url, { redirect: "manual", headers, signal: within });
  await answer.body?.cancel();
  return answer.status;
}

/**
 * The sandbox of this data folder, when its gateway runs already and lets the folder's own key in. What answers there and is
 * no gateway, or the gateway of another folder, is none.
 */
export async function runningSandbox(folder: string, signal: AbortSignal): Promise<Sandbox | undefined> {
  try {
    const sandbox = await findSandbox(folder, folder);
    if (sandbox === undefined) return undefined;
    const { baseUrl, apiKey } = sandbox;
    // Asked first without the key, which is not shown to whatever else has the port.
    if ((await statusOf(`${baseUrl}/ready`, {}, signal)) !== 200) return undefined;
    const authorization = `Bearer ${apiKey}`;
    return (await statusOf(`${baseUrl}/api/v2/ping`, { authorization }, signal)) === 200 ? sandbox : undefined;
  } catch {
    // Nobody listens, or the file is not readable: starting says what there is to say.
    return undefined;
  }
}
