/** Of blocking people. */
export const blockErrors = {
  "presence.off": [
    "this server shows to everybody who is there, whatever you choose",
    "ask whoever runs the server for a newer version; until then sign out where you want to be seen by nobody",
  ],
  "block.off": [
    "this server keeps nobody's calls away",
    "ask whoever runs the server for a newer version; until then decline the call",
  ],
  "block.tooMany": [
    "you block as many people as this server keeps",
    "take somebody off the list of those whom you block",
  ],
} as const;
