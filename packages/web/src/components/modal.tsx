import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface ModalProps {
  /** IDs of the elements that name it. */
  labelledBy: string;
  describedBy?: string | undefined;
  class?: string;
  /** It comes by itself, while the person may be doing something else: a field that they type in keeps the focus. */
  unasked?: boolean;
  /** Escape was pressed. */
  onEscape: () => void;
  children: ComponentChildren;
}

/**
 * The browser's own modal dialog: it keeps the focus inside, and gives it back when it closes. An element with `autofocus` gets it
 * first; in a dialog that comes by itself it must be none that a key that is just being typed would press.
 */
export function Modal(props: ModalProps) {
  const { labelledBy, describedBy, class: className, unasked = false, onEscape, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  // Before what is in it takes the focus to a place of its own: in a dialog that is closed nothing can.
  useLayoutEffect(() => {
    const element = dialog.current;
    const focused = document.activeElement;
    const field = unasked && isTextField(focused) ? focused : undefined;
    if (field === undefined) element?.showModal();
    else {
      element?.show();
      // Opened, a dialog takes the focus in any case.
      field.focus();
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Tab" || element?.matches(":modal") !== false) return;
      // Out of the field the way leads to what has just come.
      event.preventDefault();
      element.close();
      element.showModal();
    };
    field?.addEventListener("keydown", onKey);
    return () => {
      field?.removeEventListener("keydown", onKey);
      element?.close();
      // Removed from the page in the same moment, it would forget to.
      if (focused instanceof HTMLElement && focused.isConnected) focused.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`modal ${className ?? ""}`}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || isSearched(event.target))
          return;
        event.preventDefault();
        onEscape();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onEscape();
      }}
      // A browser that was not touched in between closes it all the same: what is still asked stays.
      onClose={({ currentTarget }) => {
        if (currentTarget.isConnected && !currentTarget.open) currentTarget.showModal();
      }}
    >
      {children}
    </dialog>
  );
}

const isTextField = (element: Element | null): element is HTMLElement =>
  element instanceof HTMLElement && element.matches("input:not([type=checkbox]), textarea, select");

/** There the key takes away what was typed. */
const isSearched = (element: EventTarget | null): boolean =>
  element instanceof HTMLInputElement && element.type === "search" && element.value !== "";
