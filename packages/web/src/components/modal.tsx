import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface ModalProps {
  labelledBy: string;
  class?: string;
  /** Escape was pressed. */
  onEscape: () => void;
  children: ComponentChildren;
}

/** The browser's own modal dialog: it keeps the focus inside, and gives it back when it closes. */
export function Modal({ labelledBy, class: className, onEscape, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const focused = document.activeElement;
    element?.showModal();
    return () => {
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
      onCancel={(event) => {
        event.preventDefault();
        onEscape();
      }}
    >
      {children}
    </dialog>
  );
}
