/** What is read out to whoever does not see the page. */
import { say } from "../say.ts";

export const announcements = {
  calls: (name: string, userId: string) => say`${name} calls, user ID ${userId}, verified.`,
  missed: (name: string, when: string) => say`${name} called ${when}, verified. You missed it.`,
  connectedAgain: "Connected to the server again.",
  elsewhere: "You are in a call at another terminal. It can be moved here.",
  callOver: (how: string) => say`Call over. ${how}`,
  named: (name: string, what: string) => say`${name}: ${what}.`,
  backAgain: (name: string) => say`${name} is back.`,
  muted: "Microphone muted.",
  unmuted: "Microphone on.",
  noMicrophone: "Nobody can hear you: there is no microphone.",
  soundFailed: "The connection of the sound failed.",
  soundRestarts: (text: string) => say`Your sound restarts. ${text}`,
  soundBack: "The sound is back.",
  inGroupUnverified: (name: string) => say`${name}: in the group, not verified.`,
  joined: (name: string) => say`${name} joined, verified.`,
  didWhat: (name: string, what: string) => say`${name} ${what}.`,
  removed: (name: string, state: string, by: string) => say`${name}: ${state} ${by}.`,
  addedBy: (name: string, by: string) => say`${name}: added by ${by}.`,
  addedByYou: (name: string) => say`${name}: added by you.`,
  youAreHost: "You are the host now.",
  isHost: (name: string) => say`${name} is the host now.`,
};
