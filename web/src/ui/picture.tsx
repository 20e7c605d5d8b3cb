import { useState } from "preact/hooks";

/**
 * A product's picture, or its first letter where there is none to show: the page's Content-Security-Policy lets pictures of this server
 * and data: URLs in, and none of other hosts. Decorative: its product's name stands beside it.
 */
export function Picture({ img, name, size }: { img: string; name: string; size: "card" | "large" | "small" }) {
  const [broken, setBroken] = useState<string>();
  const isOurs = img.startsWith("/") && !img.startsWith("//");
  if ((!isOurs && !img.startsWith("data:image/")) || broken === img)
    return (
      <span class={`picture picture-${size} picture-none`} aria-hidden="true">
        {(name.trim()[0] ?? "?").toUpperCase()}
      </span>
    );
  return <img class={`picture picture-${size}`} src={img} alt="" loading={size === "large" ? "eager" : "lazy"} onError={() => setBroken(img)} />;
}
