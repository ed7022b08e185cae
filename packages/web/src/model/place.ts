/** Where in the page the person is, and how they go on and back. */
import { effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

import type { HelpTopic } from "../lib/help.ts";
import { fragmentOf, placeOf } from "../lib/place.ts";
import type { Place } from "../lib/place.ts";

/** @param isInCall a call has the page; @param self who is signed in: what was open for them is not for who comes after */
export function createPlace(isInCall: ReadonlySignal<boolean>, self: ReadonlySignal<string | undefined>) {
  const place = signal(placeOf(location.hash));
  const follow = (): void => {
    const next = placeOf(location.hash);
    // The browser's way on leads out of no call, nor past what is told when it is over.
    if (isInCall.peek() && next.view !== "home") {
      history.replaceState(null, "", location.pathname + location.search);
      place.value = { view: "home" };
      return;
    }
    // Help stands over what was there.
    place.value = next.help === undefined ? next : { ...place.peek(), help: next.help };
  };
  const address = (at: Place): string => location.pathname + location.search + fragmentOf(at);

  function goTo(at: Place): void {
    if (fragmentOf(at) === fragmentOf(place.peek())) return;
    // From one section to the next it is one step back.
    const now = place.peek();
    const isWithin =
      at.help === undefined ? now.view === at.view && at.view !== "home" : now.help !== undefined;
    if (isWithin) history.replaceState(history.state, "", address(at));
    else history.pushState({ wasOpened: true }, "", address(at));
    follow();
  }

  function goBack(to: Place): void {
    const { wasOpened } = Object(history.state) as { readonly wasOpened?: unknown };
    // Whoever came here within the page leaves no step behind.
    if (wasOpened === true) history.back();
    else history.replaceState(null, "", address(to));
    place.value = to;
  }

  function goHome(): void {
    const { help, view } = place.peek();
    if (view === "home" && help === undefined) return;
    const home = { view: "home" } as const;
    if (help === undefined) return goBack(home);
    history.replaceState(null, "", address(home));
    place.value = home;
  }

  const openHelp = (help: HelpTopic): void => goTo({ ...place.peek(), help });

  function closeHelp(): void {
    const { help, ...under } = place.peek();
    if (help !== undefined) goBack(under);
  }

  addEventListener("popstate", follow);
  effect(() => {
    if (isInCall.value) goHome();
  });
  let was: string | undefined;
  effect(() => {
    if (was !== undefined && self.value !== was) goHome();
    was = self.value;
  });
  return { place: place as ReadonlySignal<Place>, goTo, goHome, openHelp, closeHelp };
}
