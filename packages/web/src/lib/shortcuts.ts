/** Every key that does something on the page by itself: the handlers and the list that the person sees come from here. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { texts } from "@signet/words/page";
import { useLayoutEffect, useRef } from "preact/hooks";

import { readStored, writeStored } from "./storage.ts";

export interface Shortcut {
  /** `KeyboardEvent.key`; letters small. */
  readonly key: string;
  readonly where: "everywhere" | "home" | "settings" | "call";
}

/** What each does stands in the catalogue, under the same name. */
export const shortcuts = {
  list: { key: "?", where: "everywhere" },
  whomToCall: { key: "/", where: "home" },
  settings: { key: ",", where: "home" },
  back: { key: "Escape", where: "settings" },
  mute: { key: "m", where: "call" },
  /** Held, and by a handler of its own: it is the key of buttons, too. */
  talk: { key: " ", where: "call" },
} as const satisfies Readonly<Record<string, Shortcut>>;
export type ShortcutName = keyof typeof shortcuts;

const wanted = signal(readStored("noShortcuts") !== true);

/** Who speaks to the computer, or types with a tremor, can do without: a letter that does something by itself is in their way. */
export const shortcutsWanted: ReadonlySignal<boolean> = wanted;

export function chooseShortcuts(isWanted: boolean): void {
  wanted.value = isWanted;
  writeStored("noShortcuts", !isWanted);
}

/** What is asked of a key that is pressed. */
type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat" | "defaultPrevented">;

/** @param isOn whether the person wants shortcuts; what is no letter or sign counts in any case */
export function isShortcut(name: ShortcutName, pressed: Pressed, isOn: boolean): boolean {
  const { key }: Shortcut = shortcuts[name];
  if (pressed.repeat || pressed.defaultPrevented || pressed.ctrlKey || pressed.metaKey || pressed.altKey)
    return false;
  return (isOn || key.length > 1) && (pressed.key === key || pressed.key.toLowerCase() === key);
}

/** As it is printed on a keyboard. */
export function keyLabel({ key }: Shortcut): string {
  if (key === " ") return texts().shortcuts.space;
  return key === "Escape" ? "Esc" : key.toUpperCase();
}

/** While the view is there, and nothing is typed or asked in a dialog. */
export function useShortcut(name: ShortcutName, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  // As soon as it is drawn, and not a picture later: who knows the keys is quick.
  useLayoutEffect(() => {
    const onDown = (event: KeyboardEvent): void => {
      if (!isShortcut(name, event, wanted.peek()) || isTyped(event) || isAsked()) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", onDown);
    return () => removeEventListener("keydown", onDown);
  }, [name]);
}

const isTyped = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLElement && target.closest("input:not([type=checkbox]), select, textarea") !== null;

/** In a dialog, which has the keys to itself. */
export const isAsked = (): boolean => document.querySelector("dialog:modal") !== null;
