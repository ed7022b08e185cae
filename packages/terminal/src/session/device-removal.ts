/** What a terminal does when the signature device of who is signed in is taken away. */
import { SignetError, codeOf, isConnectionCode, isOnline } from "@signet/protocol";
import type { ProofIn, SignInState, Transcript } from "@signet/protocol";

import type { Person } from "./person.ts";

/** How the server is told; each step signed by the terminal key, in the name of the person who was signed in. */
export interface RemovalShell {
  /** Signs out here. @returns what is to be told of the call before the release; it may be asked again */
  signOut(): () => Promise<void>;
  stateNow(): SignInState | undefined;
  resume(person: Person): Promise<void>;
  release(person: Person): Promise<void>;
}

interface OwedRelease {
  readonly person: Person;
  readonly farewell: () => Promise<void>;
}

/**
 * The call and the sign-in end here at once. The server is told when it can be: now, or with the next connection; should that
 * never come, the binding runs out.
 */
export class DeviceRemoval {
  readonly #shell: RemovalShell;
  #person: Person | undefined;
  #stopWatching: () => void = () => undefined;
  /** The release that the server has not confirmed. */
  #owed: OwedRelease | undefined;
  #paying: Promise<void> = Promise.resolve();

  constructor(shell: RemovalShell) {
    this.#shell = shell;
  }

  /** This person is signed in now, and so nothing is owed any more. */
  watch(person: Person): void {
    this.unwatch();
    this.#owed = undefined;
    this.#person = person;
    this.#stopWatching = person.device.onRemoved?.(() => this.#removed(person)) ?? (() => undefined);
  }

  unwatch(): void {
    this.#person = undefined;
    this.#stopWatching();
    this.#stopWatching = () => undefined;
  }

  /** A signature by the device that is signed in: when that shows that it is gone, all of the above happens. */
  async sign(person: Person, transcript: Transcript, signal?: AbortSignal): Promise<ProofIn> {
    try {
      return await person.device.sign(transcript, signal === undefined ? {} : { signal });
    } catch (error) {
      if (error instanceof SignetError && error.code === "device.tokenRemoved") this.#removed(person);
      throw error;
    }
  }

  /** There is a new connection, on which this terminal is nobody yet. */
  connected(): void {
    this.#pay(false);
  }

  /** A sign-in that overtook the release would be released by it. */
  settled(): Promise<void> {
    return this.#paying;
  }

  #removed(person: Person): void {
    if (person !== this.#person) return;
    this.unwatch();
    const state = this.#shell.stateNow();
    this.#owed = { person, farewell: this.#shell.signOut() };
    if (state !== undefined && isOnline(state)) this.#pay(state.phase === "signedIn");
  }

  #pay(isSignedIn: boolean): void {
    const owed = this.#owed;
    if (owed !== undefined) this.#paying = this.#tell(owed, isSignedIn);
  }

  async #tell(owed: OwedRelease, isSignedIn: boolean): Promise<void> {
    const { person, farewell } = owed;
    try {
      // Only who is signed in can say why they left a call.
      if (!isSignedIn) await this.#shell.resume(person);
      await farewell();
      if (this.#owed !== owed) return;
      await this.#shell.release(person);
    } catch (error) {
      if (isConnectionCode(codeOf(error))) return;
    }
    if (this.#owed === owed) this.#owed = undefined;
  }
}
