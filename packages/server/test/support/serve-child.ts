/** A server in a process of its own, to be killed: `node serve-child.ts <data directory> <port>`. */
import { startServer } from "../../src/index.ts";

const [dataDir = "", port = "0"] = process.argv.slice(2);
const server = await startServer({
  dataDir,
  port: Number(port),
  logLevel: "error",
  media: { children: 1, listenAddress: "127.0.0.1", orphanTimeoutMs: 5_000 },
});
process.stdout.write(`${server.port}\n`);
process.once("SIGTERM", () => void server.close());
