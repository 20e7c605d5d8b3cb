// A plot of numbers over time or over categories: uPlot with the page's colours and type, as wide as its place. The canvas is for the eye;
// who hears the page gets the same as a sentence, or as a table where the numbers belong to categories.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, useState } from "preact/hooks";

import "./plot.css";

export interface PlotSeries {
  name: string;
  /** As many as there are times or categories; null leaves a gap. At most 5 series have a colour of their own. */
  values: readonly (number | null)[];
}

export interface PlotOptions {
  name: string;
  /** Milliseconds since 1970, rising. Either these or `categories`. */
  times?: readonly number[];
  categories?: readonly string[];
  series: readonly PlotSeries[];
  /** Categories are bars unless there are several series: bars of two series would hide each other. */
  kind?: "line" | "area" | "bars";
  /** How a number is written; with thousands set apart when nothing is said. */
  show?: (value: number) => string;
  /** Counts: no halves on the axis. */
  whole?: boolean;
  /** The number of the colour that the first series has, 1 to 5. */
  colour?: number;
  /** Milliseconds that the plot is wide at least: what there is stands at its right end. */
  span?: number;
  /** Pixels. */
  height?: number;
  /** For screen readers, instead of the sentence that is made of the numbers. */
  summary?: string;
}

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const clockWithSeconds = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const dayMs = 86_400_000;
const barsToldMax = 100;
/** 1, 2, 5, 10, 20 and so on. */
const wholeSteps = Array.from({ length: 30 }, (_, index) => [1, 2, 5][index % 3]! * 10 ** Math.floor(index / 3));

export function Plot(options: PlotOptions) {
  const { name, times, categories, series, height = 150, show = plain.format } = options;
  const place = useRef<HTMLDivElement>(null);
  const underPointer = useRef<HTMLSpanElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const scheme = useScheme();
  const kind = series.length > 1 ? "line" : categories ? "bars" : (options.kind ?? "line");
  const names = series.map((one) => one.name).join("\n");

  useEffect(() => {
    const made = makePlot(place.current!, latest, underPointer, height, kind);
    plot.current = made;
    let frame = 0;
    const sizes = new ResizeObserver(([entry]) => {
      // In a frame of its own: a size set while sizes are told is an error to the browser.
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => entry && entry.contentRect.width > 0 && made.setSize({ width: entry.contentRect.width, height }));
    });
    sizes.observe(place.current!);
    return () => {
      cancelAnimationFrame(frame);
      sizes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [names, kind, height, scheme, options.colour, categories === undefined]);

  useEffect(() => plot.current?.setData(dataOf(options)), [times, categories, series]);

  return (
    <figure class="plot">
      <figcaption class="plot-head">
        <span class="plot-name">{name}</span>
        <span class="plot-under-pointer" aria-hidden="true">
          <span ref={underPointer} class="plot-pointed" />
          {series.length === 1 && times && <span class="plot-newest">{shown(series[0]?.values.at(-1), show, "–")}</span>}
        </span>
      </figcaption>
      <div class="plot-place" ref={place} aria-hidden="true" style={{ height: `${height}px` }} />
      {series.length > 1 && (
        <ul class="plot-legend" aria-hidden="true">
          {series.map((one, index) => (
            <li key={one.name}>
              <span class="plot-key" style={{ background: `var(${colourName(options.colour, index)})` }} />
              {one.name} {times && <b>{shown(one.values.at(-1), show, "–")}</b>}
            </li>
          ))}
        </ul>
      )}
      <div class="spoken">{categories ? <BarsTold {...options} categories={categories} show={show} /> : <p>{options.summary ?? inWords(options, show)}</p>}</div>
    </figure>
  );
}

function BarsTold({ name, categories, series, show }: PlotOptions & { categories: readonly string[]; show: (value: number) => string }) {
  return (
    <table>
      <caption>{name}</caption>
      <thead>
        <tr>
          <th scope="col">Of</th>
          {series.map((one) => (
            <th key={one.name} scope="col">
              {one.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {categories.slice(0, barsToldMax).map((category, index) => (
          <tr key={index}>
            <th scope="row">{category}</th>
            {series.map((one) => (
              <td key={one.name}>{shown(one.values[index], show)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inWords({ times = [], series }: PlotOptions, show: (value: number) => string): string {
  if (times.length === 0) return "Nothing to plot yet.";
  const span = `From ${clock.format(times[0])} to ${clock.format(times.at(-1))}.`;
  const each = series.map(({ name, values }) => {
    let highest = -1;
    values.forEach((value, index) => {
      if (value !== null && (highest < 0 || value > (values[highest] ?? 0))) highest = index;
    });
    const top = values[highest];
    if (top === undefined || top === null) return `${name}: nothing.`;
    return `${name}: now ${shown(values.at(-1), show)}, highest ${show(top)} at ${clock.format(times[highest])}.`;
  });
  return [span, ...each].join(" ");
}

function shown(value: number | null | undefined, show: (value: number) => string, nothing = "none"): string {
  return value === null || value === undefined ? nothing : show(value);
}

function useScheme(): boolean {
  const [isDark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const onChange = () => setDark(query.matches);
    query.addEventListener("change", onChange);
    return () => query.removeEventListener("change", onChange);
  }, []);
  return isDark;
}

function colourName(first: number | undefined, index: number): string {
  return `--plot-${((Math.max(1, first ?? 1) - 1 + index) % 5) + 1}`;
}

function dataOf({ times, categories, series }: PlotOptions): uPlot.AlignedData {
  const along = times ? times.map((time) => time / 1000) : (categories ?? []).map((_, index) => index);
  return [along, ...series.map(({ values }) => values as (number | null)[])];
}

/** `latest` is read whenever something is drawn, so that new numbers need no new plot. */
function makePlot(
  place: HTMLElement,
  latest: { current: PlotOptions },
  underPointer: { current: HTMLSpanElement | null },
  height: number,
  kind: "line" | "area" | "bars",
): uPlot {
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string) => css.getPropertyValue(name).trim();
  const show = (value: number) => (latest.current.show ?? plain.format)(value);
  const isTime = latest.current.times !== undefined;
  const bars = kind === "bars";
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const grid = { stroke: colour("--line"), width: 1 };
  const axis = { stroke: colour("--quiet"), font, ticks: { show: false } } as const;

  const alongText = (value: number, range: number): string => {
    if (!isTime) return latest.current.categories?.[value] ?? "";
    const at = value * 1000;
    if (range * 1000 > 2 * dayMs) return day.format(at);
    return range < 300 ? clockWithSeconds.format(at) : clock.format(at);
  };

  return new uPlot(
    {
      width: Math.max(place.clientWidth, 50),
      height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: !bars } },
      scales: {
        x: {
          time: isTime,
          range: (_, least, most) => {
            const step = bars ? stepOf(latest.current) / 2 : 0;
            const { times, span = 1_000 } = latest.current;
            // Not uPlot's own limits: it makes days of a single moment.
            const from = times?.length ? times[0]! / 1000 : (least ?? 0);
            const to = times?.length ? times.at(-1)! / 1000 : (most ?? 0);
            return [Math.min(from - step, times ? to - span / 1000 : from), to + step];
          },
        },
        y: { range: (_, __, most) => [0, most && most > 0 ? most * 1.08 : 1] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 30,
          gap: 10,
          space: isTime ? 70 : 60,
          ...(!isTime && { incrs: wholeSteps }),
          values: (self, splits) => {
            const range = (self.scales["x"]?.max ?? 0) - (self.scales["x"]?.min ?? 0);
            const room = isTime ? Infinity : Math.max(4, Math.floor(self.width / Math.max(1, splits.length) / 7));
            return splits.map((value) => shortened(alongText(value, range), room));
          },
        },
        {
          ...axis,
          grid,
          gap: 6,
          space: 34,
          size: (_, texts) => 14 + 6.8 * Math.max(2, ...(texts ?? []).map((text) => text?.length ?? 0)),
          ...(latest.current.whole && { incrs: wholeSteps }),
          values: (_, splits) => splits.map((value) => show(value)),
        },
      ],
      series: [
        {},
        ...latest.current.series.map((one, index): uPlot.Series => {
          const stroke = colour(colourName(latest.current.colour, index));
          return {
            label: one.name,
            stroke,
            width: bars ? 0 : 1.75,
            points: { show: !isTime && !bars },
            ...(kind === "area" && { fill: `${stroke}22` }),
            ...(bars && { fill: stroke, paths: uPlot.paths.bars!({ size: [0.72, 60], radius: 0.12 }) }),
          };
        }),
      ],
      hooks: {
        setCursor: [
          (self) => {
            const words = underPointer.current;
            if (!words) return;
            const index = self.cursor.idx;
            const { series, times, categories } = latest.current;
            const at = index === null || index === undefined ? undefined : (times?.[index] ?? categories?.[index]);
            if (index === null || index === undefined || at === undefined) {
              words.textContent = "";
              return;
            }
            const when = typeof at === "number" ? clockWithSeconds.format(at) : at;
            words.textContent = `${when}: ${series.map(({ name, values }) => `${series.length > 1 ? `${name} ` : ""}${shown(values[index], show)}`).join(", ")}`;
          },
        ],
      },
    },
    dataOf(latest.current),
    place,
  );
}

/** What one bar takes of the x scale. */
function stepOf({ times }: PlotOptions): number {
  return times && times.length > 1 ? (times[1]! - times[0]!) / 1000 : 1;
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
