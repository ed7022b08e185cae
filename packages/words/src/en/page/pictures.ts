/** The picture that somebody chose of themselves. */
export const pictures = {
  title: "Your picture",
  hint: "Others see it beside your name, where your device is known to them. It proves nothing: everybody chooses their own. It is drawn anew here, small, so that nothing else of the file goes on. The server keeps it, and gives it to whoever is signed in and asks; taken away, it keeps it no longer.",
  choose: "Choose picture",
  chooseAnother: "Choose another picture",
  remove: "Take picture away",
  signs: "Its signature says that you chose this picture.",
  isChosen:
    "Your picture is chosen. Pages that are open already show it at the latest in the next call with you.",
};
