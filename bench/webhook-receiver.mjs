// Receives webhooks for `webhook-drain.mjs`, in a process of its own: answers 200 with nothing, and tells over IPC when as many
// as it was told to expect have come.
import { createServer } from "node:http";

let expected = 0;
let arrivedAt = [];
let sample;
let open = 0;
let mostOpen = 0;

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text) => {
    body += text;
  });
  request.on("end", () => {
    response.writeHead(200, { "content-length": "0" }).end();
    if (expected === 0) return;
    sample ??= { headers: request.headers, body };
    if (arrivedAt.push(Date.now()) < expected) return;
    process.send({ arrivedAt, sample, mostOpen });
    expected = 0;
  });
});
server.keepAliveTimeout = 60_000;
server.on("connection", (socket) => {
  open += 1;
  mostOpen = Math.max(mostOpen, open);
  socket.once("close", () => {
    open -= 1;
  });
});
process.on("message", (task) => {
  expected = task.expect;
  arrivedAt = [];
  mostOpen = open;
  sample = undefined;
});
process.once("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
