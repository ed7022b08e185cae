/** Stands for the SFU: says everything back. A process of its own; tells its port. */
import { createSocket } from "node:dgram";

const socket = createSocket("udp4");
socket.on("message", (data, { address, port }) => socket.send(data, port, address));
socket.bind(0, "127.0.0.1", () => process.send?.({ port: socket.address().port }));
process.once("disconnect", () => process.exit());
