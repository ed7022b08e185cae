/** Keys that do something by themselves. */
export const shortcuts = {
  title: "Keyboard shortcuts",
  places: { everywhere: "Everywhere", home: "At home", settings: "In the settings", call: "In a call" },
  what: {
    list: "Show this list",
    whomToCall: "Type whom to call",
    settings: "Open the settings",
    back: "Go back",
    mute: "Mute and unmute the microphone",
    talk: "Be heard while it is held, where you are muted",
  },
  space: "Space",
  wanted: "Single keys do something",
  notTyped: "Nothing of it happens while you type, or while a question is open.",
};
