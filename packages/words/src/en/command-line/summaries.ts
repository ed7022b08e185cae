/** One line for each command, in `signet --help` and in the help of the command. */

export const summaries = {
  serve: "runs the server",
  invite: "prints one-time codes; each lets one person create a user ID",
  backup: "copies the server's data into a file, also while it runs",
  restore: "puts a backup in the place of the server's data",
  completion: "prints what completes its words in bash, zsh or fish",
  manual: "prints the manual page",
  register: "makes a user ID for a signature device",
  signIn: "signs in and stays: calls ring here, and keys answer them",
  call: "calls people, and ends when the call is over",
  answer: "answers the call that rings or the next one, until it is over",
  move: "goes on here with the call that you are in at another terminal",
  listen: "answers calls by rule, one after the other, until it is stopped",
  missed: "lists calls that reached no terminal of yours",
  release: "ends your sign-in, wherever it is: calls ring nowhere then",
  rename: "changes the name that others see beside your user ID",
  keys: "lists your signature devices, adds, names and revokes them",
  admin: "for administrators: recovers people, revokes keys, makes codes",
  devices: "lists keys in files and on tokens, and the programs for sound",
  doctor: "checks machine, server, key and audio, and says what to mend",
};
