/**
 * What this terminal owes to a server that is away: that it left calls, and that the sign-in ended because the device is gone. Each
 * word is signed by the terminal key and said with the next connection, in order, until the server has heard it.
 */
import { codeOf, isConnectionCode, isOnline, SerialQueue } from "@signet/protocol";
import type { CallId, ProofIn, SignInState } from "@signet/protocol";

import type { Person } from "./person.ts";

/** Why words could not be said is that there is no connection; somebody who then leaves so many calls owes only the last ones. */
const wordsMost = 16;

export type OwedWord =
  /** Signed when the call was left. */
  | {
      readonly type: "leave";
      readonly person: Person;
      readonly callId: CallId;
      readonly proof: Promise<ProofIn>;
    }
  /** This terminal takes no part in the call any more, which says nothing of the person; nobody signs it. */
  | { readonly type: "moveEnd"; readonly person: Person; readonly callId: CallId }
  /** The last word of a person: whoever is not signed in any more resumes to say it. */
  | { readonly type: "release"; readonly person: Person };

export interface OwedWordsShell {
  stateNow(): SignInState | undefined;
  /** Says who this terminal is bound to, on a connection on which it is nobody yet. */
  resume(person: Person): Promise<void>;
  /** @throws SignetError; whatever the server says but that the connection is lost settles the word */
  say(word: OwedWord): Promise<void>;
}

export class OwedWords {
  readonly #shell: OwedWordsShell;
  #words: readonly OwedWord[] = [];
  readonly #saying = new SerialQueue();
  /** The connection on which the server takes words of this person, and whose they are. */
  #heardAs: { readonly connection: number; readonly person: Person } | undefined;

  constructor(shell: OwedWordsShell) {
    this.#shell = shell;
  }

  get count(): number {
    return this.#words.length;
  }

  /** Owes it from now on, and says it at once where there is a connection. */
  add(word: OwedWord): void {
    this.#words = [...this.#words, word].slice(-wordsMost);
    this.#sayAll();
  }

  /** There is a new connection, on which this terminal is nobody yet. */
  connected(): void {
    if (this.#isReleaseOwed) this.#sayAll();
  }

  /** The server hears this person on the connection there is. */
  signedIn(person: Person): void {
    this.#heardAs = { connection: this.#connection, person };
    // A release would end what was just begun; and to somebody else's binding nobody else's words belong.
    this.#words = this.#words.filter((word) => word.type !== "release" && isSamePerson(word.person, person));
    this.#sayAll();
  }

  /**
   * Nobody is signed in here any more: the server has ended all parts in calls, unless it has to be told of that as well. Where the device was
   * taken over it lets them go on here: of a call that was left it hears as much as it takes from here now, and once the person is back; else
   * they would be in it then without anybody's doing.
   */
  signedOut(): void {
    if (this.#isReleaseOwed) return;
    this.#heardAs = undefined;
    const left = this.#words.flatMap((word) => (word.type === "leave" ? [moveEndOf(word)] : []));
    this.#words = this.#words.flatMap((word) => (word.type === "release" ? [] : [moveEndOf(word)]));
    for (const word of left) this.#shell.say(word).catch(() => undefined);
  }

  /** When what is owed was said, or cannot be said now. */
  settled(): Promise<void> {
    return this.#saying.run(() => Promise.resolve());
  }

  get #isReleaseOwed(): boolean {
    return this.#words.some(({ type }) => type === "release");
  }

  get #connection(): number {
    return this.#shell.stateNow()?.connection ?? 0;
  }

  #sayAll(): void {
    void this.#saying.run(() => this.#sayThem());
  }

  async #sayThem(): Promise<void> {
    const state = this.#shell.stateNow();
    if (state === undefined || !isOnline(state)) return;
    const { connection } = state;
    for (let [word] = this.#words; word !== undefined; [word] = this.#words) {
      // Without a release to come the person's own session resumes, and these words are said after that.
      if (!this.#isHeard(word.person) && !this.#isReleaseOwed) return;
      const settled = await this.#say(word, connection);
      if (settled.length === 0) return;
      this.#words = this.#words.filter((owed) => !settled.includes(owed));
    }
  }

  /** @returns the words that are settled by it; none when the connection is lost */
  async #say(word: OwedWord, connection: number): Promise<readonly OwedWord[]> {
    const { person } = word;
    const isLost = (error: unknown): boolean =>
      this.#connection !== connection || isConnectionCode(codeOf(error));
    if (!this.#isHeard(person)) {
      try {
        await this.#shell.resume(person);
        this.#heardAs = { connection, person };
      } catch (error) {
        // The binding is over: nobody can say anything in this person's name.
        return isLost(error) ? [] : this.#words.filter((owed) => isSamePerson(owed.person, person));
      }
    }
    // Signed in anew meanwhile.
    if (!this.#words.includes(word)) return [word];
    try {
      await this.#shell.say(word);
    } catch (error) {
      if (isLost(error)) return [];
    }
    return [word];
  }

  #isHeard(person: Person): boolean {
    return this.#heardAs?.connection === this.#connection && isSamePerson(this.#heardAs.person, person);
  }
}

const moveEndOf = ({ callId, person }: Exclude<OwedWord, { readonly type: "release" }>): OwedWord => ({
  type: "moveEnd",
  person,
  callId,
});

const isSamePerson = (one: Person, other: Person): boolean =>
  one.userId === other.userId && one.deviceId === other.deviceId;
