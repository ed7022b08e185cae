/** What a second key has to confirm, and what is being typed, in the lines above the keys. Pure. */
import { clean } from "../output/clean.ts";
import { countingOf } from "../output/state-events.ts";
import { administratorKeyWords, newsWords } from "../output/words.ts";
import { askingWords } from "./asking.ts";
import { penColumns } from "./pen.ts";
import { wrap } from "./text.ts";
import type { Confirmation, ScreenSize, View } from "./view.ts";

/** The line above it, and at worst one for each of the keys. */
const besideQuestion = 3;

export function questionLines({ asking, confirm, isCut }: View, columns: number): readonly string[] {
  const typed = asking === undefined ? [] : [`${askingWords[asking.what]} ${asking.text}_`];
  const whole = confirm === undefined ? typed : confirmWords(confirm);
  const shown = isCut === true ? ["make this window larger: what you are asked does not fit"] : whole;
  return shown.flatMap((text) => wrap(clean(text), columns));
}

/** With what can be answered in a window of this size. */
export function fitted(view: View, { columns, rows }: ScreenSize): View {
  if (view.confirm === undefined) return view;
  const isCut = questionLines({ ...view, isCut: false }, penColumns(columns)).length + besideQuestion > rows;
  return { ...view, isCut };
}

function confirmWords(confirm: Confirmation): readonly string[] {
  switch (confirm.type) {
    case "remove":
      return [
        `put ${confirm.userId} out of the call?`,
        "they are cut off at once, and come back only if somebody invites them again",
      ];
    case "makeHost":
      return [
        `make ${confirm.userId} the host?`,
        "they can put people out then, you too, and you cannot any more",
      ];
    case "end":
      return ["end the call for everybody?"];
    case "trust": {
      const { deviceId, userId } = confirm.changed;
      return [
        ...newsWords(confirm.changed, undefined),
        `did ${userId} tell you, in another way, of a new device with the key ${deviceId}?`,
        "from then on this key is the one to know",
      ];
    }
    case "trustAdministrator": {
      const { userId } = confirm.administrator;
      return [
        `did whoever runs this server tell you, in another way, that ${userId} administers it, with these keys?`,
        ...countingOf(confirm.administrator).keys.map((key) => administratorKeyWords(key, userId)),
        "from then on this terminal takes what these keys, and those that they add, sign for others: new devices for people who lost theirs, and further administrators",
      ];
    }
  }
}
