/** `signet people` and `signet history`: what belongs to the person at all of their terminals. */
import { count, say } from "../say.ts";

export const own = {
  people: {
    summary: "lists your people, adds and removes them, writes notes, blocks people",
    about:
      "signs in here, which ends your sign-in elsewhere, and releases it again: one signature. your people are the same at all of your terminals; list is what is done without a word. note takes the place of the note before, and an empty one removes it. Where this terminal has no key to them, what is written stays here, and that is said. compare shows a code, which the other's terminal shows as well: read it to each other face to face, or scan it; compare USER no takes that back. block keeps somebody's calls away, also of whoever is not on your list: they ring nowhere, are not kept as missed, and to the caller it is as if you were away. the server does that, so it learns whom you block.",
    what: (words: string) => say`signet people does not know what to do with "${words}"`,
    verbs:
      "give one of list, add USER, note USER TEXT, favourite USER [no], remove USER, compare USER [no], block USER, unblock USER, blocked",
    notListed: (userId: string) => say`${userId} is not on your list`,
    addFirst: (userId: string) => say`put them there with \`signet people add ${userId}\``,
    favourite: "favourite",
    inGroups: (names: string) => say`in ${names}`,
    note: (text: string) => say`note: ${text}`,
    comparisons: {
      holds: (on: string) => say`compared in person on ${on}`,
      unknown: (on: string) => say`compared in person on ${on}, not looked at now`,
      recovered: (on: string) =>
        say`compared in person on ${on}, undone: an administrator recovered them since`,
      other: (on: string) => say`compared in person on ${on}, refused: the server shows another history`,
      ownOther: (on: string) => say`compared in person on ${on}, but over another history of yours`,
    },
    comparison: (who: string, code: string) => say`with ${who}, your code is ${code}`,
    isItTheSame: (name: string, userId: string) =>
      say`is ${name} here with you, and does their screen show the same code for you and ${userId}`,
    notCompared: (userId: string) => say`you did not say yes: ${userId} is not marked as compared`,
    whenOther: "where the codes differ, somebody may stand between you: tell whoever runs the server",
    unlisted: (userId: string) => say`${userId} is off your list`,
    blocked: (who: string) => say`${who} is blocked`,
    unblocked: (userId: string) => say`${userId} is blocked no more`,
  },
  messages: {
    summary: "lists voice messages that callers left for you, saves and deletes them",
    about:
      "signs in here, which ends your sign-in elsewhere, and releases it again: one signature. each was verified as its caller's, and is kept here as it was sealed until you delete it, which deletes it at the server, too. ID is what the list begins with. What --save writes is Ogg Opus, in a file that is not there yet.",
    whichOne: "which voice message is to be saved or deleted is not said, or none is",
    nameIt: "name one of the list, with --save or --delete; without both, name none",
    several: (start: string) => say`more than one voice message begins with ${start}`,
    nameMore: "give more of its beginning, as --json has it",
    of: (id: string, who: string, when: string) => say`${id}  voice message of ${who} on ${when}`,
    elsewhere: "sealed to other terminals of yours",
    isNew: "new",
    saved: (id: string, file: string) => say`wrote voice message ${id} to ${file}`,
    deleted: (id: string) => say`deleted voice message ${id}`,
    left: (userId: string, devices: string, days: number) =>
      say`the server took the voice message for ${userId}: it can be heard for ${count(days, { one: "day", other: "days" })}, at terminals where they have signed in before with any of these: ${devices}`,
  },
  history: {
    summary: "lists calls that are over, of all your terminals",
    about:
      "signs in here, which ends your sign-in elsewhere, and releases it again: one signature. the latest comes last. what was verified is said of each call.",
    to: (when: string, who: string, what: string) => say`${when}  to ${who}: ${what}`,
    from: (when: string, who: string, what: string) => say`${when}  from ${who}: ${what}`,
    notVerified: "not verified",
    unknownId: "a user ID that nobody had",
  },
};
