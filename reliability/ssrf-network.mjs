// The matrix of hostile targets in a network of its own, where this machine holds every private address that they name, and
// a shop stands on a public address beyond a wire. On Linux, as root or where users may make namespaces:
//
//   npm run reliability -- --long --slice hostile-targets
//
// Prints what was refused and what connected; ends with 1 when anything arrived where it must not, or did not where it may.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const self = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));

/** Held by the loopback device, beside 127.0.0.0/8 and ::1. */
const privateAddresses = [
  "10.0.0.1 10.255.255.254 172.16.0.1 172.31.255.254 192.168.0.1 169.254.169.254 169.254.170.2 100.64.0.1 100.100.100.200",
  "168.63.129.16 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.254 198.51.100.1 203.0.113.1 240.0.0.1",
  "fd00:ec2::254 fc00::1 fec0::1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::7f00:1 2002:7f00:1::1 2002:a00:1::1",
  "2001:0:7f00:1::1 2001:db8::1 3fff::1 5f00::1 4000::1 100::1 ::7f00:1 ::ffff:0:7f00:1",
].flatMap((line) => line.split(" "));

/** Both ends of the wire have addresses that are public by their numbers; nobody beyond this network sees them. */
const shop = { address: "203.119.1.1", device: "to-gateway" };
const gateway = { address: "203.119.1.2", device: "to-shop" };
const port = 8099;

function run(program, ...words) {
  const { status, stderr } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${stderr}`);
}

/** Namespaces as root makes them, or as anybody may who is root within. */
const unshare = process.getuid() === 0 ? ["--net"] : ["--user", "--map-root-user", "--net"];

function holdPrivateAddresses() {
  run("ip", "link", "set", "lo", "up");
  for (const address of privateAddresses) {
    run("ip", "address", "add", `${address}/${address.includes(":") ? 128 : 32}`, "dev", "lo");
  }
}

/** The shop's side: a network with nothing but the wire, and a server that counts. */
async function standAsShop() {
  await once(process.stdin, "data");
  run("ip", "address", "add", `${shop.address}/24`, "dev", shop.device);
  run("ip", "link", "set", shop.device, "up");
  let connections = 0;
  const server = createServer((_request, response) => response.end(String(connections)));
  server.on("connection", () => (connections += 1));
  server.listen(port, shop.address, () => process.stdout.write("open\n"));
}

async function openShop() {
  const other = spawn("unshare", ["--net", process.execPath, self, "shop"], { stdio: ["pipe", "pipe", "inherit"] });
  // Only once its network is another one may the wire's end be moved there.
  const isApart = () =>
    spawnSync("sh", ["-c", `[ "$(readlink /proc/${other.pid}/ns/net)" != "$(readlink /proc/self/ns/net)" ]`]).status ===
    0;
  while (!isApart()) await new Promise((resolve) => setImmediate(resolve));
  run("ip", "link", "add", gateway.device, "type", "veth", "peer", "name", shop.device, "netns", String(other.pid));
  run("ip", "address", "add", `${gateway.address}/24`, "dev", gateway.device);
  run("ip", "link", "set", gateway.device, "up");
  other.stdin.write("go\n");
  await once(other.stdout, "data");
  return () => other.kill("SIGKILL");
}

/** A shop on the internet is called, and this machine's own public address, which only loopback would carry, is not. */
async function callPublicAddresses() {
  const { createOutbound } = await import("../packages/server/dist/seams/outbound.js");
  const own = createServer((_request, response) => response.end());
  let arrived = 0;
  own.on("connection", () => (arrived += 1));
  await new Promise((resolve) => own.listen(port, gateway.address, resolve));
  const outcome = async (privateTargets, address) => {
    const outbound = createOutbound({ privateTargets });
    const call = { url: `http://${address}:${port}/`, headers: {}, body: "", timeoutMs: 5_000, maximumBytes: 100 };
    const result = await outbound.post(call).then(
      (answer) => `answered ${answer.status}`,
      (error) => error.kind,
    );
    await outbound.close();
    return result;
  };
  const seen = {
    "a shop on a public address": [await outcome("off", shop.address), "answered 200"],
    "the machine's own public address": [await outcome("off", gateway.address), "target_refused"],
    "connections to it": [arrived, 0],
    "the same when the operator names it": [await outcome([gateway.address], gateway.address), "answered 200"],
  };
  own.close();
  let faults = 0;
  for (const [what, [came, wanted]] of Object.entries(seen)) {
    console.log(`${came === wanted ? "ok  " : "FAIL"} ${what}: ${came}`);
    if (came !== wanted) faults += 1;
  }
  return faults;
}

async function runMatrix() {
  process.env.SSRF_EVERY_ADDRESS = "required";
  const { startVitest } = await import("vitest/node");
  const conditions = ["source"];
  const vitest = await startVitest(
    "test",
    ["ssrf-matrix"],
    {
      config: false,
      root,
      watch: false,
      include: ["packages/server/src/seams/outbound/*.test.ts"],
      testTimeout: 60_000,
    },
    { ssr: { resolve: { conditions } }, resolve: { conditions } },
  );
  const failed = vitest.state.getCountOfFailedTests();
  await vitest.close();
  return failed;
}

async function withinOwnNetwork() {
  holdPrivateAddresses();
  const closeShop = await openShop();
  try {
    const faults = (await callPublicAddresses()) + (await runMatrix());
    process.exitCode = faults === 0 ? 0 : 1;
  } finally {
    closeShop();
  }
}

const [role] = process.argv.slice(2);
if (role === "shop") await standAsShop();
else if (role === "gateway") await withinOwnNetwork();
else {
  const { status } = spawnSync("unshare", [...unshare, process.execPath, self, "gateway"], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
