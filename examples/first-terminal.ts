import { createSoftwareKey } from "@signet/device";
import { UserId } from "@signet/terminal";
import { createNodeTerminal, nodeMedia, openAudioFile, until } from "@signet/terminal/node";

const device = await createSoftwareKey({ algorithm: "EdDSA" });
const file = await openAudioFile("announcement.wav");
const media = nodeMedia({ source: () => file });
const terminal = await createNodeTerminal({ server: "http://localhost:8080", device, media });
await until(terminal, ({ connection }) => connection.status === "online");
await terminal.register({ userId: UserId.parse("infoline"), displayName: "Info line" });
const { ringing } = await until(terminal, ({ ringing }) => ringing.length > 0);
await terminal.answer(ringing[0]!.callId);
await file.ended;
await terminal.leave();
terminal.close();
