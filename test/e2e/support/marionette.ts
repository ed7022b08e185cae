/** What Firefox alone offers over Marionette, its own remote protocol: a security key that is touched whenever it blinks. */
import { once } from "node:events";
import { connect } from "node:net";

/**
 * Plugs a security key into a Firefox that runs with `--marionette`: all its pages have it. No session is needed for that, and none to be had,
 * since WebDriver BiDi has the only one.
 * @returns the connection, with whose end that session ends, too
 * @throws when Firefox refuses
 */
export async function addSecurityKeyToFirefox(port: number): Promise<Disposable> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const packets = packetsOf(socket);
  // Firefox says first who it is.
  await packets.next();
  const options = {
    protocol: "ctap2",
    transport: "usb",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserConsenting: true,
    isUserVerified: true,
  };
  const command = JSON.stringify([0, 1, "WebAuthn:AddVirtualAuthenticator", options]);
  socket.write(`${Buffer.byteLength(command)}:${command}`);
  const { value } = await packets.next();
  const [, , error] = value as [1, number, unknown];
  if (error !== null) throw new Error(`Firefox takes no security key: ${JSON.stringify(error)}`);
  return { [Symbol.dispose]: () => socket.destroy() };
}

/** Each is its length in bytes, a colon, and JSON. */
async function* packetsOf(socket: AsyncIterable<Buffer>): AsyncGenerator<unknown, undefined> {
  let bytes = Buffer.alloc(0);
  for await (const more of socket) {
    bytes = Buffer.concat([bytes, more]);
    for (;;) {
      const colon = bytes.indexOf(":");
      const end = colon + 1 + Number(bytes.subarray(0, Math.max(0, colon)).toString());
      if (colon < 0 || bytes.length < end) break;
      yield JSON.parse(bytes.subarray(colon + 1, end).toString());
      bytes = bytes.subarray(end);
    }
  }
  return undefined;
}
