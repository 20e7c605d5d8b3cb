import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * A modal dialog (HTML's own, which keeps the focus inside, closes on Escape and gives the focus back). `side` puts it to the right edge as a
 * drawer. Rendered only while it is open; `onClose` is called for every way of closing it.
 */
export function Dialog({ title, side, onClose, children }: { title: string; side?: boolean; onClose: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    // A layout effect, so that it is closed before it has left the page: from one that has, the browser gives no focus back.
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={side ? "drawer" : "dialog"}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        // The backdrop counts as the dialog itself.
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-inside">
        <header class="dialog-head">
          <h2 id="dialog-title">{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            ✕
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
