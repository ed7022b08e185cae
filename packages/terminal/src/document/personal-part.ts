/** What belongs to whoever is signed in here and at their other terminals: their document, and what they do with it. */
import { createRecoveryPhrase, phraseKeyPair, prfKeyPair } from "@signet/e2ee";
import {
  addCall,
  changePerson,
  changeSettings,
  clearHistory,
  codeOf,
  GroupId,
  hasFeature,
  isOnline,
  mostLookedUp,
  nameGroup,
  phraseState,
  putInGroup,
  removeGroup,
  removePerson,
  SignetError,
  takeOver,
  toBase64Url,
  viewDocument,
  withHolder,
  isGuestId,
} from "@signet/protocol";
import type {
  AddedCall,
  Bytes,
  CallInviteIn,
  DeviceId,
  DocumentView,
  ErrorCode,
  PersonalDocument,
  PersonFields,
  Settings,
  UserId,
  Writer,
} from "@signet/protocol";

import { Comparisons } from "../people/comparisons.ts";
import type { Directory } from "../people/directory.ts";
import type { Environment } from "../environment.ts";
import type { Elsewhere } from "../session/pairing/elsewhere.ts";
import type { CallView } from "../state.ts";
import type { Session } from "../session/session.ts";
import { requireCarried, requireCarriedNow } from "./carried.ts";
import { comparable } from "./comparing.ts";
import type { DocumentPlace } from "./document-place.ts";
import { endorse } from "./endorsed-key.ts";
import type { Endorsing } from "./endorsed-key.ts";
import { askIn, letIn } from "./letting-in.ts";
import { LocalCopy } from "./local-copy.ts";
import { MemoryDocumentPlace } from "./memory-document-place.ts";
import { EverVerified, pastCall } from "./past-calls.ts";
import { OpenDocument } from "./open-document.ts";
import type { Comparable, PersonalApi } from "./personal-api.ts";
import type { PersonalState } from "./personal-state.ts";
import { PresenceChoice } from "./presence-choice.ts";
import { hasHolder } from "./tended.ts";

interface PersonalShell {
  readonly session: Session;
  readonly elsewhere: Pick<Elsewhere, "paired">;
  readonly environment: Environment;
  readonly onChange: () => void;
  readonly onFault: (code: ErrorCode) => void;
  readonly directory: () => Directory;
  readonly onRefused: (userId: UserId, code: ErrorCode) => void;
  readonly onSettled: (userId: UserId, ...codes: readonly ErrorCode[]) => void;
  readonly askMissed: () => void;
}

/** How long a sign-out waits for the server (ms). */
const leavingMs = 2_000;

type Change = (document: PersonalDocument, by: Writer) => PersonalDocument;

export class PersonalPart implements PersonalApi {
  readonly #shell: PersonalShell;
  readonly #place: DocumentPlace;
  #open: { readonly userId: UserId; readonly document: OpenDocument } | undefined;
  /** Of which call, and when. */
  #notedEnd: string | undefined;
  /** Whose sign-in ended last. */
  #former: { readonly userId: UserId; readonly document: OpenDocument } | undefined;
  readonly #everVerified = new EverVerified();
  readonly comparisons: Comparisons;
  readonly #presence: PresenceChoice;
  #isSignedIn = false;
  /** Whose histories were asked for since the sign-in. */
  readonly #askedOf = new Set<UserId>();
  #viewed: { readonly of: PersonalDocument; readonly view: DocumentView } | undefined;

  constructor(shell: PersonalShell) {
    this.#shell = shell;
    this.#presence = new PresenceChoice(shell.session, shell.onChange);
    this.comparisons = new Comparisons((userId) => shell.onRefused(userId, "directory.comparedRecovered"));
    this.#place = shell.environment.documentPlace ?? new MemoryDocumentPlace();
  }

  /** undefined while nobody is signed in */
  get state(): PersonalState | undefined {
    const document = this.#open?.document;
    if (document === undefined) return undefined;
    const { carrying, lasts } = document;
    const { document: now } = document;
    if (this.#viewed?.of !== now) this.#viewed = { of: now, view: viewDocument(now) };
    const phrase = phraseState(now);
    const comparisons = this.comparisons.listed(this.#shell.session.person?.known.person);
    return {
      ...this.#viewed.view,
      comparisons,
      carrying,
      phrase,
      ...this.#presence.state,
      ...(lasts ? {} : { isInMemory: true }),
    };
  }

  sessionChanged(): void {
    const { person, state } = this.#shell.session;
    // Nothing is kept for a guest.
    const userId = person === undefined || isGuestId(person.userId) ? undefined : person.userId;
    if (userId !== this.#open?.userId) {
      this.#open?.document.close();
      this.#former = this.#open ?? this.#former;
      this.#open = userId === undefined ? undefined : this.#opened(userId);
    }
    const wasSignedIn = this.#isSignedIn;
    this.#isSignedIn = state?.phase === "signedIn";
    if (this.#isSignedIn && !wasSignedIn) {
      this.#askedOf.clear();
      this.#presence.signedOut();
      this.#open?.document.sync();
    }
    this.#follow();
  }

  /** What was compared is held against what the server shows, and who may see what is told to it, as soon as that can be. */
  #follow(): void {
    this.#presence.follow(this.#isSignedIn ? this.state : undefined);
    const unheld = this.comparisons.follow(this.state?.people ?? []);
    const open = unheld.filter((userId) => !this.#askedOf.has(userId));
    if (!this.#isSignedIn || open.length === 0) return;
    for (const userId of open) this.#askedOf.add(userId);
    for (let i = 0; i < open.length; i += mostLookedUp)
      void this.#shell
        .directory()
        .lookup(open.slice(i, i + mostLookedUp))
        .then(this.#shell.onChange, () => undefined);
  }

  /** The device that signed in here gave the output of its PRF with the same touch. @param prfOutput is overwritten */
  async touched(deviceId: DeviceId, prfOutput: Bytes | undefined): Promise<void> {
    const open = this.#open;
    if (open === undefined || prfOutput === undefined) return;
    const pair = await prfKeyPair(this.#owner(open.userId), deviceId, prfOutput);
    prfOutput.fill(0);
    open.document.ofDevice = { deviceId, pair };
    open.document.sync();
  }

  /** The key history of who is signed in goes on. */
  historyGoesOn(): void {
    if (this.#isSignedIn) this.#open?.document.sync();
  }

  /** What was changed goes to the server before the sign-in ends, where that is soon done; it is kept here in any case. */
  async leaving(): Promise<void> {
    const document = this.#open?.document;
    if (document === undefined) return;
    await document.kept();
    if (document.carrying.status !== "pending") return;
    await new Promise<void>((resolve) => {
      const cancel = this.#shell.environment.after(leavingMs, resolve);
      void document.synced().then(() => {
        cancel();
        resolve();
      });
    });
  }

  heard(version: number): void {
    this.#open?.document.heard(version);
  }

  /** The call that this terminal is in, at each change. */
  inCall(view: CallView | undefined): void {
    this.#everVerified.note(view);
  }

  /** It is over here. @param userId whose it was: a sign-in may end before a call, and somebody else's may begin */
  callEnded(userId: UserId, view: CallView, invite: CallInviteIn): void {
    this.inCall(view);
    // What is still learned of a call that is over changes nothing of this. Who came back to one is in it anew.
    const end = `${view.callId} ${view.endedAtMs}`;
    if (end === this.#notedEnd) return;
    this.#notedEnd = end;
    const of = [this.#open, this.#former].find((one) => one?.userId === userId);
    void this.note(pastCall(view, invite, this.#everVerified.in(view.callId)), of?.document);
  }

  /** What is over, and is kept of it. Never rejects: nothing else may end because a list is full. */
  async note(call: AddedCall | undefined, document = this.#open?.document): Promise<void> {
    if (call === undefined) return;
    await document?.change((now) => addCall(now, call)).catch(() => undefined);
  }

  putPerson: PersonalApi["putPerson"] = (userId: UserId, change: Partial<PersonFields> = {}) =>
    this.#change((document, by) => changePerson(document, userId, change, by));

  compareWith: PersonalApi["compareWith"] = async (userId) => {
    const { directory, session } = this.#shell;
    const { serverOrigin } = this.#owner(this.#openUserId());
    return comparable({ directory: directory(), serverOrigin, session }, userId);
  };

  async comparedSame({ displayName, head, ownHead, userId }: Comparable): Promise<void> {
    const comparedHeads = { atMs: this.#shell.environment.nowMs(), head, ownHead };
    const name = displayName === userId ? {} : { name: displayName };
    await this.putPerson(userId, { ...name, comparedHeads });
    this.#settled(userId);
  }

  async forgetComparison(userId: UserId): Promise<void> {
    await this.putPerson(userId, { comparedHeads: null });
    this.#settled(userId);
  }

  #settled(userId: UserId): void {
    this.#shell.onSettled(userId, "directory.comparedRecovered", "directory.otherThanCompared");
    this.#shell.onChange();
    // As where a key is trusted: what they called meanwhile was left where it was.
    this.#shell.askMissed();
  }

  removePerson: PersonalApi["removePerson"] = (userId) =>
    this.#change((document, by) => removePerson(document, userId, by));

  addGroup: PersonalApi["addGroup"] = async (name) => {
    const groupId = GroupId.parse(toBase64Url(this.#shell.environment.randomBytes(16)));
    await this.nameGroup(groupId, name);
    return groupId;
  };

  nameGroup: PersonalApi["nameGroup"] = (groupId, name) =>
    this.#change((document, by) => nameGroup(document, groupId, name, by));

  removeGroup: PersonalApi["removeGroup"] = (groupId) =>
    this.#change((document, by) => removeGroup(document, groupId, by));

  putInGroup: PersonalApi["putInGroup"] = (userId, groupId, isIn) =>
    this.#change((document, by) => putInGroup(document, userId, groupId, isIn, by));

  changeSettings: PersonalApi["changeSettings"] = (change: Partial<Settings>) =>
    this.#change((document, by) => changeSettings(document, change, by));

  takeOver: PersonalApi["takeOver"] = (kept) => this.#change((document, by) => takeOver(document, kept, by));

  async lookAtKept(userId: UserId): Promise<DocumentView | undefined> {
    const kept = await new LocalCopy(this.#owner(userId), this.#place, () => undefined).read();
    return kept && viewDocument(kept.document);
  }

  clearHistory: PersonalApi["clearHistory"] = () =>
    this.#change((document, { nowMs }) => clearHistory(document, nowMs));

  letIn: PersonalApi["letIn"] = async (input) => {
    const document = await this.#withKey();
    await letIn(this.#letting(), input, async (publicKey, endorsed) => {
      await document.change((now, by) => withHolder(now, { kind: "terminal", publicKey, endorsed }, by));
      await requireCarried(document);
    });
  };

  askIn: PersonalApi["askIn"] = async (input) => {
    const document = this.#required();
    const { session } = this.#shell;
    session.requireSignedIn();
    const { publicKey } = (await document.keys()).opening.pair;
    const { person } = session.requirePerson().known;
    const endorsed = await endorse(this.#endorsing(), person, "terminal", publicKey);
    await askIn(this.#letting(), input, { publicKey, endorsed });
    await requireCarried(document);
  };

  async makePhrase(): Promise<string> {
    this.#shell.session.requireSignedIn();
    const document = await this.#withKey();
    const phrase = await createRecoveryPhrase();
    await this.#withPhrase(document, phrase, true);
    return phrase;
  }

  async enterPhrase(typed: string): Promise<void> {
    try {
      await this.#withPhrase(this.#required(), typed, false);
    } catch (error) {
      throw codeOf(error) === "document.otherKey" ? new SignetError("document.wrongSecret", error) : error;
    }
  }

  /** It counts for this once: one that opens nothing must not take the place of one that does. */
  async #withPhrase(document: OpenDocument, phrase: string, isNew: boolean): Promise<void> {
    const pair = await phraseKeyPair(this.#owner(this.#openUserId()), phrase);
    document.ofPhrase = { pair, isNew };
    try {
      await requireCarried(document);
      // Where the key is held nothing had to be opened with it.
      const { publicKey } = pair;
      if (!hasHolder(document.document, { kind: "phrase", publicKey }))
        throw new SignetError("document.wrongSecret");
    } finally {
      document.ofPhrase = undefined;
    }
  }

  async putOver(): Promise<void> {
    this.#shell.session.requireSignedIn();
    requireCarriedNow(await this.#required().putOver());
  }

  async #change(change: Change): Promise<void> {
    await this.#required().change((document, by) => {
      try {
        return change(document, by);
      } catch (error) {
        throw error instanceof SignetError ? error : new SignetError("document.badValue", error);
      }
    });
  }

  /** @throws SignetError `auth.signInRequired` */
  #required(): OpenDocument {
    if (this.#open === undefined) throw new SignetError("auth.signInRequired");
    return this.#open.document;
  }

  /** @throws SignetError `connection.lost`; `document.otherKey`, or whatever else keeps it here */
  async #withKey(): Promise<OpenDocument> {
    const document = this.#required();
    // Where nothing is kept yet the key is made with the first that is.
    await requireCarried(document);
    return document;
  }

  #openUserId(): UserId {
    return this.#shell.session.requirePerson().userId;
  }

  #letting() {
    const { elsewhere, environment: system, session } = this.#shell;
    return { owner: this.#owner(this.#openUserId()), session, elsewhere, system };
  }

  #endorsing(): Endorsing {
    const { session } = this.#shell;
    const { binding } = session.requirePerson();
    return { binding, sign: (make) => session.signWithTerminalKey(make) };
  }

  #owner(userId: UserId) {
    const { environment, session } = this.#shell;
    // Who starts without a connection has heard nothing of the server yet.
    const serverOrigin = session.state?.server?.serverOrigin ?? environment.serverOrigin;
    if (serverOrigin === undefined) throw new SignetError("connection.lost");
    return { serverOrigin, userId };
  }

  #opened(userId: UserId): { readonly userId: UserId; readonly document: OpenDocument } {
    const { environment, onChange, onFault, session } = this.#shell;
    const document = new OpenDocument({
      owner: this.#owner(userId),
      place: this.#place,
      system: environment,
      terminalId: session.terminalId,
      link: () => session.link,
      person: () => session.requirePerson().known.person,
      endorsing: () => this.#endorsing(),
      refusal: () => this.#refusal(),
      onChange: () => {
        if (this.#open?.document !== document) return;
        this.#follow();
        onChange();
      },
      onFault,
    });
    return { userId, document };
  }

  #refusal(): ErrorCode | undefined {
    const { state } = this.#shell.session;
    if (state === undefined || !isOnline(state) || state.phase !== "signedIn") return "connection.lost";
    return hasFeature(state.server?.features, "documents") ? undefined : "document.notOffered";
  }
}
