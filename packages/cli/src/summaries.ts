/** One line for each command, in `signet --help` and in the help of the command. */
import { texts } from "@signet/words/command-line";

export const summaries = {
  serve: texts().summaries.serve,
  invite: texts().summaries.invite,
  backup: texts().summaries.backup,
  restore: texts().summaries.restore,
  completion: texts().summaries.completion,
  manual: texts().summaries.manual,
  register: texts().summaries.register,
  signIn: texts().summaries.signIn,
  call: texts().summaries.call,
  answer: texts().summaries.answer,
  move: texts().summaries.move,
  listen: texts().summaries.listen,
  echo: texts().echo.summary,
  people: texts().own.people.summary,
  history: texts().own.history.summary,
  messages: texts().own.messages.summary,
  missed: texts().summaries.missed,
  release: texts().summaries.release,
  rename: texts().summaries.rename,
  keys: texts().summaries.keys,
  admin: texts().summaries.admin,
  devices: texts().summaries.devices,
  doctor: texts().summaries.doctor,
  monitor: texts().monitor.summary,
} as const;
