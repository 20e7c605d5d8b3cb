// Reads a user's part of the log from its beginning, and then goes on with what is new.
import { useEffect, useRef, useState } from "preact/hooks";

import { messageOf, shop } from "../../lib/api";
import { follow } from "../../lib/changes";
import { Story } from "./steps";

export interface StoryState {
  story: Story;
  phase: "reading" | "read" | "refused";
  /** What is in the way, in words. */
  trouble: string;
}

/** `isLive`: what happens from now on is added as it happens. */
export function useStory(user: string, isLive: boolean): StoryState & { readAgain(): void } {
  const story = useRef(new Story());
  const [phase, setPhase] = useState<StoryState["phase"]>("reading");
  const [trouble, setTrouble] = useState("");
  const [, setRound] = useState(0);
  const [tries, setTries] = useState(0);

  useEffect(() => {
    const read = new Story();
    story.current = read;
    setPhase("reading");
    setTrouble("");
    let isOver = false;
    const end = follow({
      after: "beginning",
      untilNow: true,
      user_id: user,
      onChanges(changes) {
        read.add(changes);
        setRound((round) => round + 1);
      },
      onState: (_, message) => setTrouble(message),
      onRefused(error) {
        setTrouble(error.message);
        setPhase("refused");
      },
      async onEnd() {
        try {
          if (read.beganBefore) read.complete(new Map((await shop.cart(user)).lines.map(({ product_id, product_quantity }) => [product_id, product_quantity])));
        } catch (error) {
          if (!isOver) setTrouble(`What was in the cart before the log begins is not known: ${messageOf(error)}`);
        }
        if (!isOver) setPhase("read");
      },
    });
    return () => {
      isOver = true;
      end();
    };
  }, [user, tries]);

  useEffect(() => {
    if (phase !== "read" || !isLive) return;
    return follow({
      after: story.current.cursor ?? "beginning",
      user_id: user,
      onChanges(changes) {
        story.current.add(changes);
        setRound((round) => round + 1);
      },
      onState: (_, message) => setTrouble(message),
      onRefused(error) {
        setTrouble(error.message);
        setPhase("refused");
      },
    });
  }, [user, phase, isLive]);

  return { story: story.current, phase, trouble, readAgain: () => setTries((before) => before + 1) };
}
