// A hook for what a view has to ask the server for first.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { messageOf } from "../lib/api";

export interface Loaded<T> {
  /** The latest answer; stays while a newer one is under way. */
  value: T | undefined;
  /** Why the latest try failed, in words. */
  error: string | undefined;
  isLoading: boolean;
  reload(): void;
}

/** Asks anew whenever one of `inputs` changes; an answer to an earlier question is dropped. */
export function useLoad<T>(ask: (signal: AbortSignal) => Promise<T>, inputs: unknown[]): Loaded<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<string>();
  const [isLoading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const ended = new AbortController();
    setLoading(true);
    latest.current(ended.signal).then(
      (given) => {
        if (ended.signal.aborted) return;
        setValue(() => given);
        setError(undefined);
        setLoading(false);
      },
      (reason: unknown) => {
        if (ended.signal.aborted) return;
        setError(messageOf(reason));
        setLoading(false);
      },
    );
    return () => ended.abort();
  }, [...inputs, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { value, error, isLoading, reload };
}
