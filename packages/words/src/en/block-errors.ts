/** Of blocking people. */
export const blockErrors = {
  "block.off": [
    "this server keeps nobody's calls away",
    "ask whoever runs the server for a newer version; until then decline the call",
  ],
  "block.tooMany": [
    "you block as many people as this server keeps",
    "take somebody off the list of those whom you block",
  ],
} as const;
