// Times as people write them, in the browser's zone.
const format = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short" });

export function showTime(rfc3339: string): string {
  return format.format(new Date(rfc3339));
}
