/** Of the pictures that people chose of themselves. */
export const pictureErrors = {
  "picture.off": [
    "this server keeps no pictures",
    "ask whoever runs the server for a newer version; until then your initial stands there",
  ],
  "picture.unfit": [
    "this cannot be taken as a picture",
    "choose another file: a photo or drawing of a usual form, such as JPEG or PNG",
  ],
} as const;
