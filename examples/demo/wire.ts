/**
 * Looks at the call from outside: keeps the encrypted frames as the server forwards them, and every key that a terminal was
 * given. A terminal forgets its keys when it leaves; here somebody who leaves is made to keep them, to try them afterwards.
 */
import { FrameDecryptor, importFrameEpoch } from "@signet/e2ee";
import type { FrameEpoch } from "@signet/e2ee";
import type { Bytes, UserId } from "@signet/protocol";
import type { MediaProvider } from "@signet/terminal";

export class Wire {
  readonly #frames: Bytes[] = [];
  readonly #keys = new Map<UserId, FrameEpoch[]>();

  /** Encrypted frames so far, of everybody and to everybody. */
  get frames(): readonly Bytes[] {
    return this.#frames;
  }

  /** What `userId`'s latest terminal was given in all its epochs, oldest first. */
  keysOf(userId: UserId): readonly FrameEpoch[] {
    return this.#keys.get(userId) ?? [];
  }

  readonly onFrame = (frame: Bytes): void => void this.#frames.push(frame.slice());

  /** The same media, whose keys are kept. */
  between(userId: UserId, media: MediaProvider): MediaProvider {
    const keys: FrameEpoch[] = [];
    this.#keys.set(userId, keys);
    return {
      start: (input) => {
        const call = media.start(input);
        return {
          setEpoch: async (secret) => {
            // The media overwrites the secret once it has it.
            const copy = { ...secret, baseKey: secret.baseKey.slice() };
            await call.setEpoch(secret);
            keys.push(await importFrameEpoch(copy));
          },
          connect: () => call.connect(),
          hearWord: (word) => call.hearWord(word),
          setMuted: (muted) => call.setMuted(muted),
          setMicrophone: (deviceId) => call.setMicrophone(deviceId),
          microphoneLevel: () => call.microphoneLevel(),
          close: () => call.close(),
        };
      },
    };
  }
}

/** How many of the frames open with one of the keys, each tried as if it were the key of `epoch`. */
export async function countOpened(
  frames: readonly Bytes[],
  keys: readonly FrameEpoch[],
  epoch: FrameEpoch,
): Promise<number> {
  const opened = new Set<number>();
  for (const { baseKey } of keys) {
    const decryptor = new FrameDecryptor();
    // No leaf is its own here: nothing is passed over as an echo of one's own voice.
    decryptor.setEpoch({ ...epoch, ownLeaf: -1, baseKey });
    const stream = decryptor.stream();
    const results = await Promise.all(frames.map((frame) => stream.open(frame)));
    decryptor.close();
    for (const [i, { type }] of results.entries()) if (type === "opened") opened.add(i);
  }
  return opened.size;
}

/** Each frame once: the server forwards it to several people. */
export function withoutCopies(frames: readonly Bytes[]): Bytes[] {
  return [...new Map(frames.map((frame) => [Buffer.from(frame).toString("base64"), frame])).values()];
}
