import type {
  AddedCall,
  Bytes,
  DocumentView,
  GroupId,
  KeptPerson,
  PersonFields,
  Settings,
  UserId,
} from "@signet/protocol";

import type { OwnDevice } from "../state.ts";

/** What both terminals show, and what it is over. */
export interface Comparable {
  readonly userId: UserId;
  /** As their device signed it. */
  readonly displayName: string;
  /** `7K3M-Q0RT-...` */
  readonly code: string;
  /** What the other's camera opens: their page then holds its own code against this one. */
  readonly url: string;
  readonly head: Bytes;
  readonly ownHead: Bytes;
}

/**
 * What belongs to the person and is the same at all of their terminals. Each resolves when it is kept at this terminal; the others hear of it as
 * soon as there is a connection. Rejects with SignetError: `auth.signInRequired`, `document.badValue`, `document.full`, `document.tooLarge`.
 */
export interface PersonalApi {
  /** Puts somebody on the list, and writes what is given of them. */
  putPerson(userId: UserId, change?: Partial<PersonFields>): Promise<void>;
  /**
   * To be compared in person. @throws SignetError `call.self`, `user.unknown`, `connection.lost`, and why their history is not believed
   */
  compareWith(userId: UserId): Promise<Comparable>;
  /** Both terminals showed the same code. Puts them on the list. Only for a person's explicit word. */
  comparedSame(shown: Comparable): Promise<void>;
  /** As if it had never been compared. Only for a person's explicit decision where it does not hold. */
  forgetComparison(userId: UserId): Promise<void>;
  /** With all that was written of them. */
  removePerson(userId: UserId): Promise<void>;
  addGroup(name: string): Promise<GroupId>;
  nameGroup(groupId: GroupId, name: string): Promise<void>;
  /** Whoever is in it stays on the list. */
  removeGroup(groupId: GroupId): Promise<void>;
  /** Puts somebody in a group, or takes them out of it; on the list they are in any case. */
  putInGroup(userId: UserId, groupId: GroupId, isIn: boolean): Promise<void>;
  changeSettings(change: Partial<Settings>): Promise<void>;
  /** What a user interface kept by itself before, in one change. Who was removed since they were met last stays so. */
  takeOver(kept: {
    readonly people: readonly KeptPerson[];
    readonly calls: readonly AddedCall[];
  }): Promise<void>;
  /**
   * What this terminal keeps of a person who is not signed in, only to be read: for a start without a connection, where nobody can sign in.
   * undefined where there is nothing. What signing out leaves can be read here by whoever uses this terminal, by this or otherwise.
   */
  lookAtKept(userId: UserId): Promise<DocumentView | undefined>;
  /** All calls until now. */
  clearHistory(): Promise<void>;
  /**
   * Gives the key to another terminal of the person's, which enters the code that is shown here.
   * @throws SignetError `document.otherKey` where this terminal does not have it, `pairing.*`, `document.badMaker`
   */
  letIn(input: {
    readonly onCode: (code: string, expiresAtMs: number) => void;
    /** Whether the terminal that asks is the person's own; by which device it is signed in. */
    readonly approve: (device: Pick<OwnDevice, "deviceId" | "kind" | "name">) => Promise<boolean>;
    readonly signal?: AbortSignal;
  }): Promise<void>;
  /** Asks for the key at a terminal that has it, and shows this code. @throws SignetError `pairing.*`, and why it could not be opened then */
  askIn(input: {
    readonly code: string;
    /** The person has to want it at the other terminal. */
    readonly onWait?: () => void;
    readonly signal?: AbortSignal;
  }): Promise<void>;
  /**
   * A new recovery phrase, in the place of the one before: to be written down. With it the key is opened at a terminal without any of the devices.
   * @throws SignetError `document.otherKey`, `connection.lost`
   */
  makePhrase(): Promise<string>;
  /** @throws SignetError `document.badPhrase`; `document.wrongSecret` where it is another one */
  enterPhrase(typed: string): Promise<void>;
  /**
   * Puts what this terminal has in the place of what the server has and this terminal does not take, for example after a backup was put back. What is
   * only there is lost. Only for a person's explicit decision. @throws SignetError `connection.lost`, `document.outrun`
   */
  putOver(): Promise<void>;
}
