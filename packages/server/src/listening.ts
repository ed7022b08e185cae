/** The port: looked at before anything else is started, since what it says is said at once. */
import { createServer } from "node:net";

import { StartError } from "./start-error.ts";

/** @throws StartError when `port` cannot be had; 0 can always be had */
export async function checkPort(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error) => reject(listenError(error, host, port)));
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}

/** The same in words for whoever starts the server. @param option that names the port */
export function listenError(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
  option = "port",
): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new StartError(
        `port ${port} is in use`,
        `stop the other program, or choose another with --${option}`,
        error,
      );
    case "EACCES":
      return new StartError(
        `port ${port} is not allowed for this user`,
        `choose one above 1023 with --${option}`,
        error,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new StartError(`${host} is not an address of this machine`, "choose another with --host", error);
    default:
      return error;
  }
}
