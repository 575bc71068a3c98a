// A Fastify with one route, which answers the bytes that it is given over IPC and does nothing else. It is what a refusal
// of the gateway is measured against.
import fastify from "fastify";

process.once("message", async (answer) => {
  const app = fastify();
  const route = async (_request, reply) => reply.code(answer.status).headers(answer.headers).send(answer.body);
  for (const method of ["GET", "POST"]) app.route({ method, url: answer.path, handler: route });
  process.send(await app.listen({ host: "127.0.0.1", port: 0 }));
});
process.once("disconnect", () => process.exit(0));
