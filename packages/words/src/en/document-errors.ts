/** Errors of the sealed document that follows a person: their people, history and settings. */
import type { SomeErrors } from "../catalogue.ts";

export const documentErrors = {
  "document.altered": [
    "your sealed list of people, history and settings was changed or cut off on the way, or is not yours, and was not opened",
    "what this terminal has stays as it is; ask the person who runs the server, and do not trust it until it is explained",
  ],
  "document.badMaker": [
    "your people, history and settings came sealed with a key that none of your devices vouches for, or with a former one",
    "what this terminal has stays as it is; ask the person who runs the server, and do not trust it until it is explained",
  ],
  "document.badPhrase": [
    "this is not a recovery phrase: of its 28 letters and digits one is missing or mistyped",
    "type it as it was written down, in seven groups of four",
  ],
  "document.badTerminalKey": [
    "what the other terminal gave as its key is none, and nothing was sealed to it",
    "begin again there; if it happens again, do not trust this server until it is explained",
  ],
  "document.badValue": [
    "this cannot be kept: a note, a name or a setting is too long, or is none",
    "make it shorter: a note has at most 1,000 letters, a name of a group at most 64",
  ],
  "document.forked": [
    "the server shows another list of people, history and settings than before under the same number",
    "what this terminal has stays as it is; ask the person who runs the server, and do not trust it until it is explained",
  ],
  "document.full": ["there is no room for more people or groups on your list", "remove some of them first"],
  "document.malformed": [
    "what was opened is not a list of people, history and settings",
    "update Signet at all of your terminals; what this terminal has stays as it is",
  ],
  "document.missing": [
    "the server kept your people, history and settings, and says now that there are none",
    "what this terminal has stays as it is; ask the person who runs the server what happened to its data",
  ],
  "document.newer": [
    "your people, history and settings were written by a newer version of Signet",
    "update this terminal; what it has stays as it is until then",
  ],
  "document.notOffered": [
    "this server keeps no people, history and settings for you: they stay on this terminal",
    "ask the person who runs the server to update it",
  ],
  "document.old": [
    "the server gave an older list of people, history and settings than this terminal has seen",
    "what this terminal has stays as it is; ask the person who runs the server whether its data was put back from a backup",
  ],
  "document.otherKey": [
    "your people, history and settings are sealed with a key that this terminal does not have",
    "approve this terminal at another one of yours, or enter your recovery phrase",
  ],
  "document.otherUser": [
    "the server gave somebody else's sealed document, or one of another server, in the place of yours",
    "what this terminal has stays as it is; ask the person who runs the server, and do not trust it until it is explained",
  ],
  "document.outrun": [
    "another of your terminals changed your people, history or settings at the same moment",
    "nothing is lost; try again",
  ],
  "document.tooLarge": [
    "your people and settings together are more than can be kept for you",
    "shorten notes, or remove some people",
  ],
  "document.wrongSecret": [
    "the key of your people, history and settings could not be opened with this device or recovery phrase",
    "use a device or the recovery phrase that belongs to this user ID",
  ],
} as const satisfies SomeErrors;
