// A strip of figures, each with its name and a few words of what it says.
import type { ComponentChildren } from "preact";

import "./figure.css";

export function Figures({ children }: { children: ComponentChildren }) {
  return <dl class="figures">{children}</dl>;
}

/** `exact` is what `value` is short for. */
export function Figure({ name, value, about, exact, alarming }: { name: string; value: string; about: string; exact?: string; alarming?: boolean }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd class={alarming ? "figure-value figure-alarming" : "figure-value"} title={exact}>
        {value}
      </dd>
      <dd class="figure-about">{about}</dd>
    </div>
  );
}
