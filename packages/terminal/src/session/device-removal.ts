/** What a terminal does when the signature device of who is signed in is taken away. */
import { SignetError } from "@signet/protocol";
import type { SignCmsOptions } from "@signet/device";
import type { Bytes, ProofIn, Transcript } from "@signet/protocol";

import type { Person } from "./person.ts";

/** Watches the device of who is signed in: where it shows that it is gone, by itself or when it is to sign, that is told once. */
export class DeviceRemoval {
  readonly #onRemoved: (person: Person) => void;
  #person: Person | undefined;
  #stopWatching: () => void = () => undefined;

  constructor(onRemoved: (person: Person) => void) {
    this.#onRemoved = onRemoved;
  }

  /** This person is signed in now. */
  watch(person: Person): void {
    this.unwatch();
    this.#person = person;
    this.#stopWatching = person.device.onRemoved?.(() => this.#removed(person)) ?? (() => undefined);
  }

  unwatch(): void {
    this.#person = undefined;
    this.#stopWatching();
    this.#stopWatching = () => undefined;
  }

  /** A signature by the device that is signed in. @throws SignetError `device.*` */
  sign(person: Person, transcript: Transcript, signal?: AbortSignal): Promise<ProofIn> {
    return this.#asked(person, ({ device }) =>
      device.sign(transcript, signal === undefined ? {} : { signal }),
    );
  }

  /** The same, of a document by a device with a certificate. @throws SignetError `device.*`, `certificate.*`, `resolution.noCertificate` */
  signDocument(person: Person, document: Bytes, options: SignCmsOptions): Promise<Bytes> {
    return this.#asked(person, async ({ device }) => {
      if (device.signCms === undefined) throw new SignetError("resolution.noCertificate");
      return device.signCms(document, options);
    });
  }

  async #asked<T>(person: Person, sign: (person: Person) => Promise<T>): Promise<T> {
    try {
      return await sign(person);
    } catch (error) {
      if (error instanceof SignetError && error.code === "device.tokenRemoved") this.#removed(person);
      throw error;
    }
  }

  #removed(person: Person): void {
    // Who is signed in may have another device by now; their history may have gone on, too, which changes nothing here.
    if (person.device !== this.#person?.device) return;
    this.unwatch();
    this.#onRemoved(person);
  }
}
