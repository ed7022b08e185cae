import {
  changePerson,
  changeSettings,
  clearHistory,
  GroupId,
  nameGroup,
  putInGroup,
  removeGroup,
  removePerson,
  takeOver,
  TerminalId,
  viewDocument,
} from "@signet/protocol";
import type { PersonalDocument } from "@signet/protocol";
import { SignetError } from "@signet/terminal";
import type { DeviceId, ErrorCode, PersonalApi } from "@signet/terminal";

import { names } from "./own-people.ts";

const terminalId = TerminalId.parse("AAAAAAAAAAAAAAAAAAAAAA");
export const writer = () => ({ terminalId, nowMs: Date.now() });

type LetIn = Parameters<PersonalApi["letIn"]>[0];
type AskIn = Parameters<PersonalApi["askIn"]>[0];

/** The other terminal of the person, which a test plays. */
export class HarnessLettingIn {
  /** What was entered, or answered here. */
  readonly said: unknown[] = [];
  #letIn: LetIn | undefined;
  #askIn: AskIn | undefined;
  #finish: ((code?: ErrorCode) => void) | undefined;

  letIn(input: LetIn): Promise<void> {
    this.#letIn = input;
    input.onCode("7K3M-Q0RT-VX2Z-8HJN-5WCP", Date.now() + 4 * 60_000);
    return this.#until(input.signal);
  }

  askIn(input: AskIn): Promise<void> {
    this.#askIn = input;
    this.said.push(input.code);
    return this.#until(input.signal);
  }

  /** It entered the code. */
  async ask(): Promise<void> {
    const deviceId = "q83vEjRWeJCrze8SNFZ4kA" as DeviceId;
    this.said.push(await this.#letIn?.approve({ deviceId, kind: "webauthn", name: "Telephone" }));
  }

  wait(): void {
    this.#askIn?.onWait?.();
  }

  /** It went well, or failed with `code`. */
  finish(code?: ErrorCode): void {
    this.#finish?.(code);
  }

  #until(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#finish = (code) => (code === undefined ? resolve() : reject(new SignetError(code)));
      signal?.addEventListener("abort", () => reject(new SignetError("device.cancelled")));
    });
  }
}

/** Where nothing else is said. */
export const carriedState = { carrying: { status: "carried" }, phrase: "none" } as const;

/** Changes the document as a terminal does, and carries it nowhere. */
export function harnessPersonal(
  asked: { method: string; args: unknown[] }[],
  letting: HarnessLettingIn,
  change: (how: (document: PersonalDocument) => PersonalDocument) => void,
  kept: () => PersonalDocument,
): PersonalApi {
  const ask =
    (name: keyof PersonalApi) =>
    (...args: unknown[]): Promise<void> => {
      asked.push({ method: `personal.${name}`, args });
      return Promise.resolve();
    };
  // As a promise: what does not fit rejects.
  const changed = (how: (document: PersonalDocument) => PersonalDocument): Promise<void> =>
    Promise.resolve().then(() => change(how));
  return {
    putPerson: (userId, fields = {}) =>
      changed((document) => changePerson(document, userId, fields, writer())),
    compareWith: async (userId) => {
      if (userId === "nobody") throw new SignetError("user.unknown");
      const displayName = names.get(userId) ?? userId;
      const code = "7K3M-Q0RT-VX2Z-8HJN-5WCP-3M9A-BCDE-FGHJ";
      const url = `https://signet.example/#compare=${code.replaceAll("-", "")}.alice`;
      return { userId, displayName, code, url, head: new Uint8Array(32), ownHead: new Uint8Array(32) };
    },
    comparedSame: ({ head, ownHead, userId }) => {
      asked.push({ method: "personal.comparedSame", args: [userId] });
      const comparedHeads = { atMs: Date.now(), head, ownHead };
      return changed((document) => changePerson(document, userId, { comparedHeads }, writer()));
    },
    forgetComparison: (userId) =>
      changed((document) => changePerson(document, userId, { comparedHeads: null }, writer())),
    removePerson: (userId) => changed((document) => removePerson(document, userId, writer())),
    addGroup: async (name) => {
      const groupId = GroupId.parse("CCCCCCCCCCCCCCCCCCCCCA");
      await changed((document) => nameGroup(document, groupId, name, writer()));
      return groupId;
    },
    nameGroup: (groupId, name) => changed((document) => nameGroup(document, groupId, name, writer())),
    removeGroup: (groupId) => changed((document) => removeGroup(document, groupId, writer())),
    putInGroup: (...[userId, groupId, isIn]) =>
      changed((document) => putInGroup(document, userId, groupId, isIn, writer())),
    changeSettings: (settings) => changed((document) => changeSettings(document, settings, writer())),
    takeOver: (kept) => changed((document) => takeOver(document, kept, writer())),
    lookAtKept: () => Promise.resolve(viewDocument(kept())),
    clearHistory: () => changed((document) => clearHistory(document, Date.now())),
    letIn: (input) => letting.letIn(input),
    askIn: (input) => letting.askIn(input),
    makePhrase: () => ask("makePhrase")().then(() => "3K7T-Y3PF-Z5G9-165W-KY6P-35Y9-RJTR"),
    enterPhrase: ask("enterPhrase"),
    putOver: ask("putOver"),
  };
}
