/** What one hears by and is heard by, before a call and in one. */
import { count, say } from "../say.ts";

export const sound = {
  title: "Sound",
  loudspeaker: "Loudspeaker",
  heardBy: "Loudspeaker in use",
  defaultOne: "Default of this device",
  chosenOne: "The chosen one",
  numbered: (n: number) => say`Loudspeaker ${n}`,
  ownDialog: "Choose another one",
  noChoice: "This browser plays by the loudspeaker that the system has chosen. Change it in the system.",
  otherTitle: "Another loudspeaker is in use",
  trouble: {
    gone: (name: string) => say`${name} is not connected. You hear by the default one meanwhile.`,
    refused: (name: string) =>
      say`The browser does not let this page play by ${name}. You hear by the default one meanwhile.`,
  },
  microphoneBack: "The chosen microphone is in use again.",
  loudspeakerBack: "The chosen loudspeaker is in use again.",
  processing: "Your voice",
  processes: {
    echoCancellation: "Take out the echo of what I hear",
    noiseSuppression: "Take out noise around me",
    autoGainControl: "Keep my voice equally loud",
  },
  processingHint: "It is done in this browser before your voice is encrypted. It counts in the call at once.",
  unmetOn: "The browser does not say that it does this with the microphone in use.",
  unmetOff: "The browser says that it does this all the same with the microphone in use.",
  pushToTalk: "Push to talk",
  pushToTalkChoice: "Begin calls muted, and be heard while I hold the Space key",
  pushToTalkHint:
    "On a touch screen hold the button of the microphone. While you are muted Space works without this choice, too, unless you turned single keys off.",
  holdToTalk: "Hold to talk",
  talking: "You are heard until you let go.",
  holdSpace: "Hold Space to talk",
  keySpace: "Keyboard: M, or hold Space to talk",
  volumes: "How loud you hear them",
  volumesHint: "For you alone, and kept in this browser. Louder than they come they cannot be made.",
  noVolumes: "On this device the keys at its side set how loud you hear. A page cannot.",
  nobodyToHear: "Nobody else is here yet.",
  volumeOf: (name: string) => say`How loud you hear ${name}`,
  percent: (n: number) => say`${n} %`,
  silenced: "silenced by you",
  quieter: (n: number) => say`at ${n} % for you`,
  ringing: "Ringing",
  tone: "Ringtone",
  tones: { bowl: "Singing bowl", telephone: "Telephone", marimba: "Marimba", pulse: "Pulse" },
  ringVolume: "How loud it rings",
  ringSilent: "It does not sound when somebody calls. Look at the page.",
  ringBy: "Loudspeaker that rings",
  vibrate: "Vibrate when somebody calls",
  preview: "Listen to it",
  test: "Hear yourself",
  testLocal:
    "Speak for three seconds; then you hear it as your microphone gave it. Nothing is sent: it says nothing about your network.",
  testStart: "Speak and listen",
  speakNow: (seconds: number) =>
    say`Speak now: ${count(seconds, { one: "second", other: "seconds" })} to go.`,
  listenNow: "Now you hear yourself.",
  heardYourself:
    "That was you, at this machine alone. Did you hear nothing? Choose another microphone or loudspeaker.",
  heardNothing: "Your microphone gave no sound. Look for a switch on it, or choose another one.",
  echo: "Test call",
  echoText: (userId: string) =>
    say`${userId}, whom this server names for it, answers at once, and you hear yourself after three seconds: encrypted, and by the way that a call takes. Whoever runs it hears you as everybody does whom you call; the program of Signet keeps nothing.`,
  echoNotRunning: (userId: string) =>
    say`This server names ${userId} to give back what you say, but nobody is there under that user ID now. Whoever runs the server starts it with the command signet echo.`,
  echoCall: "Call the echo",
};
