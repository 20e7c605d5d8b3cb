// A whole number with a button to either side. What is typed counts when the field is left or Enter is pressed.
import { useId, useState } from "preact/hooks";

import { quantityMax } from "./cart";

interface Props {
  /** Of what. */
  name: string;
  value: number;
  onSet: (quantity: number) => void;
  /** One more or one fewer than what it is by then: clicks come faster than the page is drawn. */
  onStep: (by: 1 | -1) => void;
}

export function Quantity({ name, value, onSet, onStep }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  const problemId = useId();
  const take = (text: string) => {
    const quantity = Number(text);
    if (text.trim() === "" || !Number.isInteger(quantity) || quantity < 1 || quantity > quantityMax) return setWrong(true);
    setWrong(false);
    setTyped(null);
    if (quantity !== value) onSet(quantity);
  };
  const step = (by: 1 | -1) => {
    setWrong(false);
    setTyped(null);
    if (by > 0 ? value < quantityMax : value > 1) onStep(by);
  };
  return (
    <div class="quantity-field">
      <div class="quantity" role="group" aria-label={`Quantity of ${name}`}>
        <button type="button" aria-label={`One fewer of ${name}`} aria-disabled={value <= 1} onClick={() => step(-1)}>
          −
        </button>
        <input
          type="number"
          inputMode="numeric"
          aria-label={`Quantity of ${name}`}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? problemId : undefined}
          min={1}
          max={quantityMax}
          step={1}
          value={typed ?? value}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          onChange={({ currentTarget }) => take(currentTarget.value)}
        />
        <button type="button" aria-label={`One more of ${name}`} aria-disabled={value >= quantityMax} onClick={() => step(1)}>
          +
        </button>
      </div>
      {isWrong && (
        <p class="problem" id={problemId} role="alert">
          Give a whole number from 1 to {quantityMax.toLocaleString("en")}.
        </p>
      )}
    </div>
  );
}
