/** Where in the page the person is, and how they go on and back. */
import { effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

import { fragmentOf, placeOf } from "../lib/place.ts";
import type { Place } from "../lib/place.ts";

/** @param isInCall a call has the page; @param self who is signed in: what was open for them is not for who comes after */
export function createPlace(isInCall: ReadonlySignal<boolean>, self: ReadonlySignal<string | undefined>) {
  const place = signal(placeOf(location.hash));
  const follow = (): void => {
    place.value = placeOf(location.hash);
  };
  const address = (at: Place): string => location.pathname + location.search + fragmentOf(at);

  function goTo(at: Place): void {
    if (fragmentOf(at) === fragmentOf(place.peek())) return;
    // From one section to the next it is one step back.
    const isWithin = place.peek().view === at.view;
    if (isWithin) history.replaceState(history.state, "", address(at));
    else history.pushState({ wasOpened: true }, "", address(at));
    follow();
  }

  function goHome(): void {
    if (place.peek().view === "home") return;
    const { wasOpened } = Object(history.state) as { readonly wasOpened?: unknown };
    // Whoever came here within the page leaves no step behind.
    if (wasOpened === true) history.back();
    else history.replaceState(null, "", address({ view: "home" }));
    place.value = { view: "home" };
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
  return { place: place as ReadonlySignal<Place>, goTo, goHome };
}
