// What to say of a statement that has no answer.
import { messageOf } from "../../lib/api";

export function statementTrouble(error: unknown): string {
  // The statement is the only field there is; its name in front of every message would say nothing.
  return messageOf(error).replace(/^statement: /, "");
}
