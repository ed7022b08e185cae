/** One line for each command, in `signet --help` and in the help of the command. */
export const summaries = {
  serve: "runs the server",
  invite: "prints one-time codes; each lets one person create a user ID",
  register: "makes a user ID for a signature device",
  signIn: "signs in and stays: your calls ring here, and keys answer, mute and leave",
  call: "calls people, and ends when the call is over",
  answer: "answers the call that rings or the next one, and ends when it is over",
  listen: "waits for calls and answers them by rule, one after the other, until it is stopped",
  release: "ends your sign-in, wherever it is: your calls ring nowhere until you sign in again",
  devices: "lists keys in files, on smart cards and tokens, and the programs for sound",
  doctor: "checks this machine, the server, your key and the audio, and says what to mend",
} as const;
