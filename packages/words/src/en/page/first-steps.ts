/** The way to a first call. */
import { say } from "../say.ts";

export const firstSteps = {
  title: "First steps",
  done: "Done:",
  signIn: (userId: string) => say`You are signed in as ${userId}: by this ID others reach you.`,
  sound: "Hear yourself: test microphone and loudspeaker in this browser, without a call.",
  echo: (echo: string) =>
    say`Make a call: ${echo} answers by itself and gives back what you say. Your touch signs it, as in every call.`,
  echoAway: (echo: string) =>
    say`Make a call: go on with the next step, and call somebody you know. ${echo}, whom this server names to give back what you say, is not there now: whoever runs the server starts it with the command signet echo.`,
  hadCall: "You have had a first call, your own or one that you answered.",
  noEcho:
    "Make a call: this server has nobody who answers by itself, so go on with the next step and call somebody you know.",
  person: "Add the first of your people, by the user ID that they tell you.",
  acts: { sound: "Test sound", call: "Call the echo", person: "Add somebody" },
  allDone: "That is all there is to it. Call your people from here.",
  comesBack: "Put away, it comes back from the help.",
  putAway: "Put away",
  showAgain: "Show the first steps at home",
};
