/** Which key does what just now. Pure; what is offered is what works. */
import type { CallId, CallView, Decision, TerminalState, UserId } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import type { Action, Key } from "./action.ts";
import { typedAction } from "./asking.ts";
import type { Confirmation, View } from "./view.ts";

/** A key with its word for the line at the bottom, the most needed first. */
export interface Offer {
  readonly key: string;
  readonly word: string;
  readonly action: Action;
  /** Named at the bottom only where it fits beside the others: a line of keys more would take one from what the window shows. */
  readonly whereRoom?: true;
}

/** The call that the keys for answering are for. */
export function selectedRing(state: TerminalState, view: View) {
  return state.ringing.find(({ callId }) => callId === view.selected) ?? state.ringing[0];
}

export function offersOf(state: TerminalState, view: View): readonly Offer[] {
  if (view.confirm?.type === "decide") {
    const { resolution } = view.confirm;
    const decide = (
      key: string,
      word: string,
      decision: Decision,
      more: { readonly withoutCms?: true } = {},
    ): Offer => ({ key, word, action: { type: "decide", resolution, decision, ...more } });
    const { approve, approveWithoutCms, neverMind, reject } = texts().live.keys;
    const without =
      resolution.approvalSigns === undefined || view.withoutCms === true
        ? []
        : [decide("w", approveWithoutCms, "approve", { withoutCms: true })];
    return [
      ...(view.isCut === true
        ? []
        : [decide("y", approve, "approve"), ...without, decide("r", reject, "reject")]),
      { key: "Esc", word: neverMind, action: { type: "cancel" } },
    ];
  }
  if (view.confirm !== undefined) {
    return [
      ...(view.isCut === true
        ? []
        : [{ key: "y", word: texts().live.keys.yes, action: confirmed(view.confirm) }]),
      { key: "n", word: texts().live.keys.no, action: { type: "cancel" } },
    ];
  }
  if (view.asking !== undefined) {
    return [
      { key: "Enter", word: texts().live.keys.goOn, action: { type: "ask", asking: view.asking } },
      { key: "Esc", word: texts().live.keys.neverMind, action: { type: "cancel" } },
    ];
  }
  return [
    ...ringOffers(state, view),
    ...warningOffers(state),
    ...callOffers(state),
    ...(state.connection.status === "offline"
      ? [{ key: "r", word: texts().live.keys.connectNow, action: { type: "retry" } } as const]
      : []),
    {
      key: "?",
      word: view.help ? texts().live.keys.closeHelp : texts().live.keys.help,
      action: { type: "help" },
    },
    { key: "q", word: texts().live.keys.quit, action: { type: "quit" } },
  ];
}

/** @returns undefined for a key that does nothing now */
export function actionFor(key: Key, state: TerminalState, view: View): Action | undefined {
  const { ctrl = false, name, sequence = "" } = key;
  if (ctrl) {
    if (name === "c") return { type: "interrupt" };
    return name === "z" ? { type: "suspend" } : undefined;
  }
  if (view.asking !== undefined && view.confirm === undefined)
    return name === "escape" ? { type: "cancel" } : typedAction(view.asking, key, state.call);
  if (name === "escape") return view.help ? { type: "help" } : { type: "cancel" };
  if (view.confirm === undefined) {
    const moved = move(name, sequence, state, view);
    if (moved !== undefined) return { type: "select", callId: moved };
  }
  return offersOf(state, view).find((offer) => offer.key === sequence.toLowerCase())?.action;
}

const confirmed = (confirmation: Exclude<Confirmation, { readonly type: "decide" }>): Action =>
  confirmation.type === "end" ? { type: "end" } : confirmation;

function ringOffers(state: TerminalState, view: View): readonly Offer[] {
  const ring = selectedRing(state, view);
  if (ring === undefined) return [];
  const { callId } = ring;
  return [
    ring.waiting === true
      ? { key: "a", word: texts().live.keys.leaveAndAnswer, action: { type: "switch", callId } }
      : { key: "a", word: texts().live.keys.answer, action: { type: "answer", callId } },
    // Whoever only comes into a call brings nobody in yet.
    ...(ring.waiting === true && state.call?.phase === "active"
      ? [{ key: "b", word: texts().live.keys.bringIn, action: { type: "bringIn", callId } } as const]
      : []),
    { key: "d", word: texts().live.keys.decline, action: { type: "decline", callId } },
  ];
}

/** What the key for trusting is about: the first warning that a person can decide on, before the reason why a call was left. */
function decision({ call, changedKeys, log, newAdministrators, warnings }: TerminalState): Offer | undefined {
  const end = call?.end;
  const left = end?.type === "failed" ? [{ id: undefined, code: end.code, userId: end.userId }] : [];
  for (const { code, id, userId } of [...warnings, ...left]) {
    const isOf = (one: { readonly userId: UserId }): boolean => one.userId === userId;
    const changed = code === "directory.keyChanged" ? changedKeys?.find(isOf) : undefined;
    const administrator = newAdministrators?.find((one) => one.code === code && isOf(one));
    if (changed !== undefined)
      return asksFirst(texts().live.keys.trustKey, {
        type: "trust",
        changed,
        ...(id === undefined ? {} : { warningId: id }),
      });
    if (administrator !== undefined)
      return asksFirst(texts().live.keys.acceptAdministrator, { type: "trustAdministrator", administrator });
    if (log?.code === code) return asksFirst(texts().live.keys.trustLog, { type: "trustLog", log });
  }
  return undefined;
}

const asksFirst = (word: string, confirmation: Confirmation): Offer => ({
  key: "t",
  word,
  action: { type: "confirm", confirmation },
});

function warningOffers(state: TerminalState): readonly Offer[] {
  const decidable = decision(state);
  const [first] = state.warnings;
  const [notice] = state.notices ?? [];
  const isClear = first === undefined && notice === undefined;
  return [
    ...(decidable === undefined ? [] : [decidable]),
    ...(first === undefined
      ? []
      : [
          {
            key: "x",
            word: texts().live.keys.closeWarning,
            action: { type: "dismissWarning", id: first.id },
          } as const,
        ]),
    ...(first !== undefined || notice === undefined
      ? []
      : [
          {
            key: "x",
            word: texts().live.keys.closeNews,
            action: { type: "dismissNotice", id: notice.id },
          } as const,
        ]),
    ...(isClear && state.missed !== undefined
      ? [{ key: "x", word: texts().live.keys.closeMissed, action: { type: "seeMissed" } } as const]
      : []),
  ];
}

function callOffers(state: TerminalState): readonly Offer[] {
  const { call, elsewhere, joinable, missed = [], notices = [], warnings } = state;
  if (call === undefined || call.phase === "ended") {
    const [ongoing] = joinable;
    return [
      ...(elsewhere === undefined
        ? []
        : [{ key: "h", word: texts().live.keys.moveHere, action: { type: "moveHere" } } as const]),
      ...(ongoing === undefined
        ? []
        : [
            {
              key: "j",
              word: texts().live.keys.join,
              action: { type: "join", callId: ongoing.callId },
            } as const,
          ]),
      ...(call === undefined || warnings.length + notices.length + missed.length > 0
        ? []
        : [{ key: "x", word: texts().live.keys.close, action: { type: "dismissCall" } } as const]),
    ];
  }
  const { isInitiator, microphone, phase } = call;
  const isMuted = microphone.status === "muted";
  return [
    ...(microphone.status === "unavailable"
      ? []
      : [
          {
            key: "m",
            word: isMuted ? texts().live.keys.unmute : texts().live.keys.mute,
            action: { type: "mute", muted: !isMuted },
          } as const,
        ]),
    ...resolutionOffers(call),
    ...listOffers(call),
    {
      key: "l",
      word: phase === "calling" ? texts().live.keys.hangUp : texts().live.keys.leave,
      action: { type: "leave" },
    },
    ...(isInitiator && phase === "active"
      ? [
          {
            key: "e",
            word: texts().live.keys.endForAll,
            action: { type: "confirm", confirmation: { type: "end" } },
          } as const,
        ]
      : []),
  ];
}

/** The first that waits for the person is read, and decided about; anybody with a device proposes. */
function resolutionOffers({ participants, phase, resolutions }: CallView): readonly Offer[] {
  const isGuest = participants.some(({ guest, isSelf }) => isSelf && guest !== undefined);
  if (phase !== "active" || isGuest) return [];
  const resolution = resolutions?.shown.find(({ mayDecide }) => mayDecide);
  const { propose, readResolution } = texts().live.keys;
  return [
    ...(resolution === undefined
      ? []
      : [
          {
            key: "g",
            word: readResolution(resolution.number),
            action: { type: "confirm", confirmation: { type: "decide", resolution } },
          } as const,
        ]),
    {
      key: "o",
      word: propose,
      action: { type: "ask", asking: { what: "propose", text: "" } },
      whereRoom: true,
    },
  ];
}

/** Who may be in the call: anybody brings people in, the host alone puts them out. */
function listOffers({ mayRemove, participants, phase }: CallView): readonly Offer[] {
  if (phase !== "active") return [];
  const ask = (key: string, word: string, what: "invite" | "remove" | "makeHost"): Offer => ({
    key,
    word,
    action: { type: "ask", asking: { what, text: "" } },
  });
  const others = participants.filter(({ isSelf, state }) => !isSelf && state !== "removed");
  return [
    ask("i", texts().live.keys.invite, "invite"),
    ...(mayRemove === true && others.length > 0 ? [ask("p", texts().live.keys.putOut, "remove")] : []),
    ...(mayRemove === true && others.some(({ state }) => state === "joined")
      ? [ask("h", texts().live.keys.makeHost, "makeHost")]
      : []),
  ];
}

/** Arrows go round; a number names its line. */
function move(
  name: string | undefined,
  sequence: string,
  state: TerminalState,
  view: View,
): CallId | undefined {
  const { ringing } = state;
  if (ringing.length < 2) return undefined;
  if (/^[1-9]$/.test(sequence)) return ringing[Number(sequence) - 1]?.callId;
  const step = { up: -1, left: -1, down: 1, right: 1, tab: 1 }[name ?? ""];
  const ring = selectedRing(state, view);
  if (step === undefined || ring === undefined) return undefined;
  return ringing.at((ringing.indexOf(ring) + step) % ringing.length)?.callId;
}
