// Time as people say it.

export function durationInWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const say = (value: number, unit: string) => new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(value);
  if (seconds < 120) return say(seconds, "second");
  if (seconds < 7_200) return say(Math.round(seconds / 60), "minute");
  if (seconds < 172_800) return say(Math.round(seconds / 3_600), "hour");
  return say(Math.round(seconds / 86_400), "day");
}
