/** What is set once. */
import { count, say } from "../say.ts";

export const settings = {
  open: "Settings",
  title: "Settings",
  back: "Back",
  sections: "Sections",
  titles: {
    profile: "You",
    devices: "Your devices",
    everywhere: "At all your terminals",
    sound: "Sound",
    notifications: "When somebody calls",
    privacy: "Privacy",
    language: "Language",
    app: "As an app",
    server: "This server",
  },
  othersSee: "This is how others see you when you call them, or they call you:",
  provenBy: (device: string) => say`Proven in each call by your ${device}`,
  idStays: "Others reach you by your user ID. It stays the same; the name above it you can change.",
  whenClosedHint:
    "While this page is open and you are signed in, it shows calls, and rings as you chose. With the page closed, your browser's notification service learns that somebody calls, and neither who nor whom.",
  quiet: "Without a sound",
  doNotDisturb: "Do not disturb: show calls without a sound",
  quietHours: "Quiet hours, each day",
  from: "From",
  until: "Until",
  noHours: "They end when they begin: there are no quiet hours so.",
  favouritesRing: "Favourites ring all the same",
  theseRing: "These people ring all the same",
  ringAllTheSame: (names: string) => say`${names} can be heard at any time.`,
  mostExceptions: (n: number) => say`At most ${n} people can be named here.`,
  keepExceptions: "Keep",
  quietHint:
    "It counts at all your terminals, by the clock of each. Nobody who calls learns of it by that: they see that it rings. That you do not want to be disturbed, though not your quiet hours, is seen by those who may see whether you are there. With the page closed the notification comes without a sound, by what this browser heard last. It does not know then who calls: so also for those who are heard all the same. Where several people are told of calls in this browser, it is silent only when none of them wants to be disturbed. With the page open and out of sight none comes.",
  isQuiet: "Do not disturb: calls are shown without a sound.",
  isQuietUntil: (time: string) => say`Quiet hours until ${time}: calls are shown without a sound.`,
  disturbMe: "Ring again",
  presence: {
    title: "Who may see whether you are there",
    choices: { everybody: "Everybody on this server", people: "Your people", nobody: "Nobody" },
    what: "They see whether you can be reached, are in a call, or do not want to be disturbed. To others you look away, whatever you do. It does not keep them from calling you: who calls sees whether it rings.",
    server:
      "The server knows whether you are there in any case. For this it learns what you chose, whether you do not want to be disturbed, and, where it is your people, who they are. Administrators see whether you can be reached.",
  },
  kept: {
    inBrowser: {
      title: "What is kept in this browser",
      points: [
        "the user IDs that signed in here",
        "the people you met, and their keys; how far you saw the server's log of devices, and what spoke against it",
        "your people, notes, history and settings, sealed with a key that this browser holds and does not give out",
        "what you chose here, as language and microphone, and a copy of the page itself",
      ],
    },
    atServer: {
      title: "What is kept at the server",
      points: [
        "your user ID, your name and the public keys of your devices, with who signed for them: for good, since others know you by these",
        "calls that you missed while no terminal of yours was there: until you have heard of them, and for as many days as the person who runs the server chose (7 where they chose nothing, 30 at most)",
        "your people, notes, history and settings, sealed: it cannot read them. It learns all the same who your people are and whom your history names: this page asks it who of them can be reached, and what they are called",
        "whom you block, and your picture, if you chose one",
        "voice messages that you were left and did not delete, sealed: it cannot hear them; as long as missed calls",
        "where you allowed it: the address by which your browser is told that somebody calls",
      ],
    },
  },
  afterSignOut:
    "Signing out leaves what this browser keeps, so that you find it again. Before you give it to others, forget it.",
  forget: "Forget everything in this browser",
  forgetTitle: "Forget everything in this browser?",
  forgetText:
    "It signs out here and deletes all that this browser keeps of Signet, for good. Close other tabs of this page first. Your devices and your user ID stay; passkeys are deleted in the settings of your system.",
  forgetWhom: (userIds: string) => say`It concerns everybody who signed in here: ${userIds}.`,
  forgetRisks: {
    onlyHere:
      "Your people, notes, history and settings are not at the server, or not all of them: what is only here is lost.",
    noPhrase:
      "You have no recovery phrase. What the server has of your people, notes, history and settings opens then only where another terminal of yours has it, or where your device can open it, which not every device can. Make a recovery phrase first.",
    unknown:
      "Nobody is signed in, so it is not known whether the server has all of their people, notes, history and settings, nor whether anything else opens it. Without a recovery phrase it may be lost. Sign in first, and look.",
  },
  forgetOtherTab:
    "Signet is open in another tab of this browser, which goes on keeping it. Close that tab first.",
  forgetOffline:
    "There is no connection: the server does not hear that you sign out here, and holds you for signed in until that runs out.",
  forgetting: "Forgetting everything in this browser ...",
  forgetIt: "Forget it",
  languageHint: "It counts in this browser, at once, also in a call.",
  address: "Address",
  newPeople: "New people",
  registration: {
    open: "Anybody can register",
    invite: "With an invite code of an administrator, or of the person who runs it",
    closed: "Nobody can register now",
  },
  callsHere: "A call",
  mostInCall: (n: number) => say`has at most ${count(n, { one: "person", other: "# people" })}`,
  serverSees:
    "Whoever runs it sees who calls whom, when and for how long, and from which network addresses; and of whom this page asks: your people, and those in your history. They cannot hear what is said.",
};
