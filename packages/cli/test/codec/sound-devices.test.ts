/** Devices that go, are busy or muted by the system, in events, lines and on the screen. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { MicrophoneState } from "@signet/terminal";

import { soundBlock } from "../../src/live/blocks.ts";
import { emptyView } from "../../src/live/view.ts";
import type { View } from "../../src/live/view.ts";
import { PlainOutput, lineOf } from "../../src/output/plain-output.ts";
import { eventsBetween } from "../../src/output/state-events.ts";
import { call, idle, nowMs } from "../support/states.ts";

const on = { status: "on" } as const;
const busy = { status: "unavailable", code: "media.microphoneBusy" } as const;
const gone = { status: "unavailable", code: "media.noMicrophone" } as const;
const silent = { status: "on", silent: true } as const;

const inCallWith = (microphone: MicrophoneState) => ({ ...idle, call: { ...call, microphone } });

/** @returns the events as the microphone goes from one state to the next */
const eventsOf = (...states: readonly MicrophoneState[]) =>
  states.slice(1).flatMap((state, i) => eventsBetween(inCallWith(states[i]!), inCallWith(state)));

const screenWith = (microphone: MicrophoneState, view: Partial<View> = {}): string =>
  soundBlock(
    { ...call, microphone },
    { ...emptyView, ...view },
    {
      columns: 200,
      nowMs,
      unicode: true,
    },
  )
    .map((line) => line.map(({ text }) => text).join(""))
    .join("\n");

test("each thing that becomes of a microphone is an event, and a line with what to do", () => {
  const events = eventsOf(on, busy, gone, on, silent, on);
  const { callId } = call;
  assert.deepEqual(
    events,
    [busy, gone, on, silent, on].map((state) => ({ event: "microphone", callId, ...state })),
  );
  const lines: string[] = [];
  const output = new PlainOutput((line) => lines.push(line));
  for (const event of events) output.event(event);
  assert.deepEqual(lines, [
    "you are not heard: the microphone cannot be opened, since another program uses it; close that program: signet tries again by itself",
    "you are not heard: no microphone was found; plug one in, and it is taken as soon as it is there; or give a file with --in, or listen only with --in none",
    "you are heard again",
    "you are not heard: your microphone gives no sound, since the system or a switch on it mutes it; switch it on in the sound settings",
    "you are heard again",
  ]);
  // Another one is used in the place of the chosen one: on the command line there is but one.
  assert.deepEqual(eventsOf(on, { status: "on", instead: "gone" }), []);
});

test("who wanted not to be heard is told nothing of it", () => {
  const lines: string[] = [];
  const output = new PlainOutput((line) => lines.push(line), true);
  for (const event of eventsOf({ status: "starting" }, gone)) output.event(event);
  assert.deepEqual(lines, []);
});

test("a loudspeaker that is away is said with what its program said, and that it is back", () => {
  const detail = "aplay: main:831: audio open error: Device or resource busy";
  assert.equal(
    lineOf({ event: "speaker", status: "unavailable", code: "media.speakerBusy", detail }),
    `you hear nobody: the loudspeaker cannot be opened, since another program uses it (${detail}); close that program: signet tries again by itself`,
  );
  assert.equal(lineOf({ event: "speaker", status: "on" }), "you hear the others: the loudspeaker is there");
});

test("the screen says it for as long as it is so", () => {
  assert.match(screenWith(busy), /^microphone {2}nobody hears you: the microphone cannot be opened/m);
  assert.match(screenWith(silent), /^microphone {2}nobody hears you: your microphone gives no sound/m);
  assert.match(screenWith({ status: "muted", silent: true }), /^microphone {2}muted: nobody hears you$/m);
  assert.match(screenWith(gone, { silent: true }), /^microphone {2}you send no sound$/m);
  const away = screenWith(on, { speaker: "media.noSpeaker" });
  assert.match(away, /^speaker {5}you hear nobody: no loudspeaker was found; plug one in/m);
  assert.doesNotMatch(screenWith(on), /speaker/);
});
