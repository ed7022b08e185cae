import type { ErrorWords, UnprovenVoice } from "./catalogue.ts";
import { catalogue } from "./language.ts";

/** A tag. */
export const voiceLabel = (voice: UnprovenVoice): string => catalogue().voice.tags[voice];

export const voiceWords = (voice: UnprovenVoice, name: string): ErrorWords => catalogue().voice[voice](name);

/** That it is over, as a clause. */
export const provenVoiceWords = (name: string): string => catalogue().voice.over(name);
