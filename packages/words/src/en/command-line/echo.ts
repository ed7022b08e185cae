/** `signet echo`: whoever calls hears themselves. */

export const echo = {
  summary: "answers calls, and gives back what is said three seconds later",
  about:
    "for people who want to hear themselves before a call: encrypted and by the way that a call takes. one call at a time, for a minute; the next one waits. what is heard is held in memory for three seconds, and nowhere else. calls with others in them are declined. `signet serve --echo-user ID` offers it on the page.",
  answers: "everybody who calls alone is answered",
  echoUser: "user ID under which `signet echo` runs: the page offers a test call with it",
  hangUpAfter: "leaves so long after it answered",
};
