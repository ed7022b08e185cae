import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

/** Of a voice that is not proven to be the one whose name it has; without a name. */
export const voiceErrors = {
  "voice.forged": [
    "somebody in the call speaks in another person's name",
    "nothing in that name is played for now; ask again, by another way, what was agreed just now",
  ],
  "voice.unproven": [
    "nothing proves whose voice this is: what their terminal signs of it does not come",
    "it is not played until it comes; their connection may be at fault",
  ],
  "voice.unchecked": [
    "nothing proves just now whose voice this is: this connection to the server is too slow, or away",
    "it is played all the same; agree on nothing by it until it is proven",
  ],
  "voice.unprovable": [
    "this voice is not proven: their terminal does not sign what it says, or this server does not pass it on",
    "take a newer version, and have the server's; until then another member could speak in their name",
  ],
} as const;

export const voice: Catalogue["voice"] = {
  tags: {
    forged: "impersonated",
    unproven: "not proven",
    unchecked: "not proven now",
    unprovable: "voice not proven",
  },
  forged: (name) => ({
    happened: say`somebody in the call speaks in the name of ${name}: what came is not what their terminal signed`,
    next: say`nothing of ${name} is played for now; ask them again, by another way, what was agreed just now`,
  }),
  unproven: (name) => ({
    happened: say`nothing proves that this is ${name}: what their terminal signs of what it says does not come`,
    next: "it is not played until it comes; their connection may be at fault",
  }),
  unchecked: (name) => ({
    happened: say`nothing proves just now that this is ${name}: this connection to the server is too slow, or away`,
    next: "it is played all the same; agree on nothing by it until it is proven",
  }),
  unprovable: (name) => ({
    happened: say`the voice of ${name} is not proven: their terminal does not sign what it says, or this server does not pass it on`,
    next: "another member could speak in their name, until both have a newer version",
  }),
  over: (name) => say`what comes of ${name} is proven again, and played`,
};
