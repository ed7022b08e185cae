/** Of voice messages. */
export const messageErrors = {
  "message.badSound": [
    "a voice message is not what can be played safely, or not what was sealed, and was refused",
    "ask whoever left it in another way what they wanted to say",
  ],
  "message.gone": ["this voice message is kept here no longer", "call back whoever left it"],
  "message.noMailbox": [
    "this person has no terminal that voice messages can be sealed to",
    "call again later, or tell them in another way",
  ],
  "message.notHere": [
    "this voice message was sealed to other terminals of yours and cannot be opened by this one",
    "sign in where you were signed in before it was left, and play it there",
  ],
  "message.notUnanswered": [
    "a voice message can be left only after a call of yours that this person did not answer",
    "call them first",
  ],
  "message.off": [
    "this server keeps no voice messages",
    "call again later, or ask whoever runs the server whether it may keep missed calls",
  ],
  "message.tooLong": [
    "a voice message is two minutes at most",
    "say it in less, or leave a second one after another call",
  ],
} as const;
