// What a screen reader says of what happened. While a dialog is open all else on the page is silent, so the dialog has a place of its own for it.
import { signal } from "@preact/signals";

const said = signal("");

export function announce(text: string): void {
  // The same words twice would not be read twice; a space that nobody hears makes them others.
  said.value = said.value === text ? `${text}\u00a0` : text;
}

export function Announcements() {
  return (
    <div class="spoken" role="status">
      {said.value}
    </div>
  );
}
