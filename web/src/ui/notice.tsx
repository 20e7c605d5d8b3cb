import type { ComponentChildren } from "preact";

/** Words about what happened, where it happened; read out by screen readers, errors at once. */
export function Notice({ kind, children }: { kind: "info" | "good" | "warning" | "error"; children: ComponentChildren }) {
  return (
    <div class={`notice notice-${kind}`} role={kind === "error" ? "alert" : "status"}>
      {children}
    </div>
  );
}

/** What a view shows while it has nothing to show yet. */
export function Waiting({ what }: { what: string }) {
  return (
    <p class="quiet" role="status">
      Loading {what}…
    </p>
  );
}

/** Why something could not be loaded, and a way to try again. */
export function Failed({ what, error, onRetry }: { what: string; error: string; onRetry: () => void }) {
  return (
    <Notice kind="error">
      <p>
        Could not load {what}: {error}
      </p>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}
