// Who shops here: a guest with a random id that the browser keeps, the same in all its tabs.
import { randomId } from "../lib/ids";
import { keep, readKept } from "../lib/kept";

function readOrMake(): string {
  const kept = readKept<unknown>("shopper", null);
  if (typeof kept === "string" && /^guest-[0-9a-f-]{36}$/.test(kept)) return kept;
  const fresh = `guest-${randomId()}`;
  keep("shopper", fresh);
  return fresh;
}

export const shopper = readOrMake();
