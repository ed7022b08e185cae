import { addCall, emptyDocument, viewDocument } from "@signet/protocol";
import type { PersonalDocument } from "@signet/protocol";
import { SignetError, toBase64Url } from "@signet/terminal";
import type {
  AdministeredPerson,
  CallId,
  AddedHere,
  ChooseDevice,
  Comparison,
  DeviceId,
  DeviceUse,
  ElsewhereInput,
  ErrorCode,
  HereInput,
  OpenRecovery,
  PersonalState,
  PersonState,
  SeenPresence,
  Terminal,
  TerminalState,
  UserId,
} from "@signet/terminal";

import { names } from "./own-people.ts";
import { carriedState, harnessPersonal, HarnessLettingIn } from "./personal.ts";
import { harnessBlocking } from "./blocking.ts";
import { HarnessLog } from "./log.ts";
import { HarnessGuests } from "./guests.ts";
import { HarnessMessages } from "./messages.ts";
import { harnessWaking } from "./waking.ts";
import { HarnessElsewhere } from "./elsewhere.ts";
import { scenes } from "./scenes.ts";

type Method =
  | "register"
  | "signIn"
  | "release"
  | "call"
  | "answer"
  | "moveHere"
  | "decline"
  | "switchTo"
  | "bringIn"
  | "leave"
  | "endForAll"
  | "addDevice"
  | "nameDevice"
  | "revokeDevice"
  | "rename"
  | "invite"
  | "remove"
  | "makeHost"
  | "trustChangedKey"
  | "pictures.choose"
  | "pictures.remove"
  | "administration.askRecovery"
  | "resolutions.propose"
  | "resolutions.decide"
  | "resolutions.withdraw"
  | "administration.trust"
  | "administration.recover"
  | "administration.act"
  | "administration.inviteCode";

const seen: Readonly<Record<string, SeenPresence>> = {
  dora: "away",
  "quiet-echo": "away",
  emil: "inCall",
  greta: "doNotDisturb",
};

/** Keeps what the interface asked for; what waits for a touch stays open until {@link HarnessTerminal.settle}. */
export class HarnessTerminal implements Terminal {
  state: TerminalState = scenes["firstVisit"](Date.now());
  readonly asked: { method: string; args: unknown[] }[] = [];
  /** How what was compared stands, where it does not hold. */
  readonly standing = new Map<string, Pick<Comparison, "status" | "recovered">>();
  /** What belongs to whoever is signed in. */
  document: PersonalDocument = emptyDocument;
  carrying: Pick<PersonalState, "carrying" | "isInMemory" | "phrase" | "presenceUntold"> = carriedState;
  readonly letting = new HarnessLettingIn();
  readonly personal = harnessPersonal(
    this.asked,
    this.letting,
    (change) => {
      this.document = change(this.document);
      this.set(this.state);
    },
    () => this.document,
  );
  /** Of whom there is one. */
  shownPictures: ReadonlyMap<UserId, Uint8Array<ArrayBuffer>> = new Map();
  /** Bytes, as they can be given to a test. */
  chosenPicture: readonly number[] | undefined;
  readonly picturesAsked: UserId[] = [];
  pictureChanged: (userId: UserId) => void = () => {};
  readonly pictures: Terminal["pictures"] = {
    choose: (picture, signal) => {
      this.chosenPicture = [...picture];
      return this.#ask("pictures.choose", [picture.length], signal);
    },
    remove: () => this.#ask("pictures.remove", []),
    of: (userIds) => {
      this.picturesAsked.push(...userIds);
      return Promise.resolve(new Map([...this.shownPictures].filter(([userId]) => userIds.includes(userId))));
    },
    watch: (listener) => {
      this.pictureChanged = listener;
      return () => {};
    },
  };
  readonly waking = harnessWaking(this.asked);
  readonly blocking = harnessBlocking(this.asked);
  readonly guests = new HarnessGuests(this.asked);
  readonly resolutions: Terminal["resolutions"] = {
    propose: (...args) => this.#ask("resolutions.propose", args).then(() => "id"),
    decide: (id, decision, shown, { signal } = {}) =>
      this.#ask("resolutions.decide", [id, decision, shown], signal),
    withdraw: (id) => this.#ask("resolutions.withdraw", [id]),
    signatures: (id) => {
      const one = this.state.call?.resolutions?.shown.find((shown) => shown.id === id);
      const cms = Uint8Array.of(0x30, 0x03, 0xff);
      return Promise.resolve((one?.cms ?? []).map(({ userId }) => ({ userId, cms })));
    },
    saved: () => Promise.resolve("{}"),
  };
  readonly record: Terminal["record"] = {
    keep: (on) => void this.asked.push({ method: "record.keep", args: [on] }),
    save: () => Promise.resolve("{}"),
  };
  readonly log = new HarnessLog(this.asked);
  readonly messages = new HarnessMessages(this.asked);
  administered: {
    readonly people: readonly AdministeredPerson[];
    readonly recoveries: readonly OpenRecovery[];
  } = { people: [], recoveries: [] };
  uses: readonly DeviceUse[] = [];
  level = 0;
  readonly elsewhere = new HarnessElsewhere();
  chosen: DeviceId | undefined;
  #choose: ChooseDevice | undefined;
  #listeners = new Set<(state: TerminalState) => void>();
  #open: { method: Method; resolve: () => void; reject: (error: Error) => void; step?: () => void }[] = [];

  set(state: TerminalState): void {
    const view = viewDocument(this.document);
    const comparisons = view.people.flatMap(({ comparedHeads, userId }): Comparison[] =>
      comparedHeads
        ? [{ userId, atMs: comparedHeads.atMs, ...(this.standing.get(userId) ?? { status: "holds" }) }]
        : [],
    );
    const personal = { ...view, comparisons, ...this.carrying };
    this.state = state.session.status === "signedIn" ? { ...state, personal } : state;
    for (const listener of this.#listeners) listener(this.state);
  }

  /** Lets the oldest open action succeed, or fail with `code`. */
  settle(code?: ErrorCode): void {
    const action = this.#open.shift();
    if (code === undefined) action?.resolve();
    else action?.reject(new SignetError(code));
  }

  /** The first of two touches was given. */
  firstTouch(): void {
    this.#open[0]?.step?.();
  }

  /** The person has two that could be here. */
  askWhich(): void {
    const facts = { kind: "webauthn", addedAtMs: Date.now() } as const;
    const devices = [
      { ...facts, deviceId: "n4bQgYhMfWWaL-qgxVrQaw" as DeviceId, name: "" },
      { ...facts, deviceId: "q83vEjRWeJCrze8SNFZ4kA" as DeviceId, name: "Spare key" },
    ];
    void this.#choose?.(devices).then(
      (deviceId) => (this.chosen = deviceId),
      () => undefined,
    );
  }

  subscribe(listener: (state: TerminalState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {}
  close(): void {}
  retryNow(): void {
    this.asked.push({ method: "retryNow", args: [] });
  }

  register(input: Parameters<Terminal["register"]>[0]): Promise<void> {
    const { signal, onTouch, ...rest } = input;
    onTouch?.(1, false);
    return this.#ask("register", [rest], signal, () => onTouch?.(2, false));
  }
  signIn(input: Parameters<Terminal["signIn"]>[0]): Promise<void> {
    this.#choose = input.choose;
    return this.#ask("signIn", [input.userId], input.signal);
  }
  release(): Promise<void> {
    return this.#ask("release", []);
  }
  lookup(userIds: readonly UserId[]): ReturnType<Terminal["lookup"]> {
    return Promise.resolve(
      userIds.map((userId) => ({
        userId,
        reachable: true,
        // That there is one is all that is asked for here.
        ...(userId === "nobody"
          ? {}
          : { entry: {} as NonNullable<PersonState["entry"]>, displayName: names.get(userId) ?? userId }),
      })),
    );
  }
  watchPresence(
    userIds: readonly UserId[],
    listener: (seen: ReadonlyMap<UserId, SeenPresence>) => void,
  ): () => void {
    listener(new Map(userIds.map((userId) => [userId, seen[userId] ?? "reachable"])));
    return () => {};
  }
  call(userIds: readonly UserId[], signal?: AbortSignal): Promise<void> {
    return this.#ask("call", [...userIds], signal);
  }
  answer(callId: CallId, signal?: AbortSignal): Promise<void> {
    return this.#ask("answer", [callId], signal);
  }
  switchTo(callId: CallId, signal?: AbortSignal): Promise<void> {
    return this.#ask("switchTo", [callId], signal);
  }
  moveHere(signal?: AbortSignal): Promise<void> {
    return this.#ask("moveHere", [], signal);
  }
  bringIn(callId: CallId, signal?: AbortSignal): Promise<void> {
    return this.#ask("bringIn", [callId], signal);
  }
  decline(callId: CallId): Promise<void> {
    return this.#ask("decline", [callId]);
  }
  leave(): Promise<void> {
    return this.#ask("leave", []);
  }
  leaveAtOnce(): void {
    this.asked.push({ method: "leaveAtOnce", args: [] });
    const { call } = this.state;
    if (call === undefined) return;
    const { callId, participants, startedAtMs } = call;
    const others = participants.filter(({ isSelf }) => !isSelf).map(({ userId }) => userId);
    queueMicrotask(() => {
      this.document = addCall(this.document, {
        callId,
        startedAtMs,
        partMs: 127_000,
        userIds: others,
        direction: "out",
        outcome: "talked",
        verified: [],
      });
      this.set(this.state);
    });
  }
  endForAll(): Promise<void> {
    return this.#ask("endForAll", []);
  }
  invite(userIds: readonly UserId[], signal?: AbortSignal): Promise<void> {
    return this.#ask("invite", [...userIds], signal);
  }
  remove(userIds: readonly UserId[]): Promise<void> {
    return this.#ask("remove", [...userIds]);
  }
  makeHost(userId: UserId): Promise<void> {
    return this.#ask("makeHost", [userId]);
  }
  dismissCall(): void {
    const { call: _call, ...rest } = this.state;
    this.set(rest);
  }
  askMissed(): Promise<void> {
    return Promise.resolve();
  }
  seeMissed(callIds?: readonly CallId[]): void {
    const missed = this.state.missed?.filter(({ callId }) => callIds?.includes(callId) === false);
    this.set({ ...this.state, missed: missed ?? [] });
  }
  dismissWarning(id: number): void {
    this.set({ ...this.state, warnings: this.state.warnings.filter((warning) => warning.id !== id) });
  }
  dismissNotice(id: number): void {
    this.set({ ...this.state, notices: (this.state.notices ?? []).filter((notice) => notice.id !== id) });
  }
  setMuted(muted: boolean): void {
    const { call } = this.state;
    if (call !== undefined)
      this.set({ ...this.state, call: { ...call, microphone: { status: muted ? "muted" : "on" } } });
  }
  soundChosen(): void {
    this.asked.push({ method: "soundChosen", args: [] });
  }
  setMicrophone(deviceId: string | undefined): Promise<void> {
    this.asked.push({ method: "setMicrophone", args: [deviceId] });
    return Promise.resolve();
  }
  microphoneLevel(): number {
    return this.level;
  }
  voiceLevel(): number {
    return this.level;
  }
  async addDevice(input: Parameters<Terminal["addDevice"]>[0]): Promise<DeviceId> {
    const touches = ["make", "new", "old"] as const;
    let given = 0;
    const next = (): void => input.onTouch?.(touches[given++] ?? "old");
    next();
    await this.#ask("addDevice", [input.name], input.signal, next);
    return "q83vEjRWeJCrze8SNFZ4kA" as DeviceId;
  }
  addDeviceElsewhere(input: ElsewhereInput): Promise<DeviceId> {
    return this.elsewhere.add(input);
  }
  addDeviceHere(input: HereInput): Promise<AddedHere> {
    return this.elsewhere.addHere(input);
  }
  deviceUses(): ReturnType<Terminal["deviceUses"]> {
    return Promise.resolve(this.uses);
  }
  nameDevice(...[deviceId, name, signal]: Parameters<Terminal["nameDevice"]>): Promise<void> {
    return this.#ask("nameDevice", [deviceId, name], signal);
  }
  revokeDevice(...[deviceId, why, signal]: Parameters<Terminal["revokeDevice"]>): Promise<void> {
    return this.#ask("revokeDevice", [deviceId, why], signal);
  }
  rename(displayName: string, signal?: AbortSignal): Promise<void> {
    return this.#ask("rename", [displayName], signal);
  }
  readonly administration: Terminal["administration"] = {
    askRecovery: ({ name, onCode, signal, userId }) => {
      onCode("1234 5678 9012 3456 7890", Date.now() + 900_000);
      return this.#ask("administration.askRecovery", [userId, name], signal);
    },
    trust: (userId, head) => this.#ask("administration.trust", [userId, toBase64Url(head)]),
    people: () => Promise.resolve(this.administered.people),
    recoveries: () => Promise.resolve(this.administered.recoveries),
    recover: (userId, code, signal) => this.#ask("administration.recover", [userId, code], signal),
    act: (userId, act, signal) => this.#ask("administration.act", [userId, act], signal),
    inviteCode: async (signal) => {
      await this.#ask("administration.inviteCode", [], signal);
      return "k7d2m-x9q4r-abcde-fghjk";
    },
  };
  trustChangedKey(userId: UserId, deviceId: DeviceId): Promise<void> {
    return this.#ask("trustChangedKey", [userId, deviceId]);
  }

  #ask(method: Method, args: unknown[], signal?: AbortSignal, step?: () => void): Promise<void> {
    this.asked.push({ method, args });
    return new Promise((resolve, reject) => {
      this.#open.push({ method, resolve, reject, ...(step === undefined ? {} : { step }) });
      signal?.addEventListener("abort", () => {
        this.#open = this.#open.filter((one) => one.resolve !== resolve);
        reject(new SignetError("device.cancelled"));
      });
    });
  }
}
