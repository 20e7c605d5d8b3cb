// Requests by route: how many, how they ended, how long they took.
import { classes, type RouteFigures } from "./difference";

const rate = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** Seconds, in the unit that fits, to three figures. */
export function showDuration(seconds: number | undefined): string {
  if (seconds === undefined) return "–";
  if (seconds === 0) return "0";
  if (seconds < 1e-3) return `${Number((seconds * 1e6).toPrecision(3))} µs`;
  if (seconds < 1) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
  return `${Number(seconds.toPrecision(3))} s`;
}

export function Routes({ routes }: { routes: readonly RouteFigures[] }) {
  return (
    <>
      <p class="quiet small" id="routes-about">
        Requests a second and latency of the last half minute, by route and status class. Latency is from the last byte of a request’s head to its answer.
      </p>
      <div class="scroll" role="region" aria-label="Requests by route" tabIndex={0}>
        <table class="routes" aria-describedby="routes-about">
          <thead>
            <tr>
              <th scope="col">Route</th>
              <th scope="col" class="number">
                A second
              </th>
              {classes.map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
              <th scope="col" class="number">
                p50
              </th>
              <th scope="col" class="number">
                p90
              </th>
              <th scope="col" class="number">
                p99
              </th>
            </tr>
          </thead>
          <tbody>
            {routes.map(({ method, route, perSecond, byStatus, latency }) => (
              <tr key={`${method} ${route}`}>
                <th scope="row" class="mono">
                  <span class="method">{method || "any"}</span> {route}
                </th>
                <td class="number">{rate.format(perSecond)}</td>
                {classes.map((name) => (
                  <td key={name} class={name === "5xx" && byStatus[name] ? "number failing" : "number"}>
                    {byStatus[name] === undefined ? "" : rate.format(byStatus[name])}
                  </td>
                ))}
                <td class="number">{showDuration(latency.p50)}</td>
                <td class="number">{showDuration(latency.p90)}</td>
                <td class="number">{showDuration(latency.p99)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
