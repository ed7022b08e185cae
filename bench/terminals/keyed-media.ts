import { FrameDecryptor, FrameEncryptor, importFrameEpoch } from "@signet/e2ee";
import type { Bytes } from "@signet/protocol";
import type { MediaProvider } from "@signet/terminal";

export interface KeyedMediaListener {
  /** The frame keys of this epoch are in WebCrypto, and seal and open frames. */
  entered(epoch: number, members: number, keys: FrameKeys): void;
}

export interface FrameKeys {
  seal(data: Bytes): Promise<Bytes>;
  /** @throws when the frame does not open */
  open(frame: Bytes): Promise<void>;
}

/** Media without sound and connection, and otherwise real: it takes each epoch's frame key and seals and opens frames with it. */
export function keyedMedia(listener: KeyedMediaListener): MediaProvider {
  return {
    start: (input) => {
      const encryptor = new FrameEncryptor();
      const decryptor = new FrameDecryptor();
      const slot = decryptor.stream();
      const keys: FrameKeys = {
        seal: async (data) => {
          const sealed = await encryptor.seal(data);
          if (sealed.type === "dropped") throw new Error(`a frame was not sealed: ${sealed.reason}`);
          return sealed.data;
        },
        open: async (frame) => {
          const opened = await slot.open(frame);
          if (opened.type === "dropped") throw new Error(`a frame was not opened: ${opened.reason}`);
        },
      };
      input.onMicrophone({ status: "unavailable", code: "media.noMicrophone" });
      return {
        setEpoch: async (secret) => {
          const epoch = await importFrameEpoch(secret);
          encryptor.setEpoch(epoch);
          decryptor.setEpoch(epoch);
          listener.entered(Number(epoch.epoch), epoch.senders.length, keys);
        },
        connect: () => undefined,
        hearWord: () => undefined,
        setMuted: () => undefined,
        setMicrophone: () => Promise.resolve(),
        microphoneLevel: () => 0,
        close: () => decryptor.close(),
      };
    },
  };
}
