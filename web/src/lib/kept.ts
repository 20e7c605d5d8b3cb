// What a browser keeps for this origin. A browser that keeps nothing (private windows, full storage) works on without.

export function readKept<T>(name: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`cartwheel.${name}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

/** `undefined` forgets it. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(`cartwheel.${name}`);
    else localStorage.setItem(`cartwheel.${name}`, JSON.stringify(value));
  } catch {
    // The page goes on with what it has in memory.
  }
}
