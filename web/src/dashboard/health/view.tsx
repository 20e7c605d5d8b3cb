// The health view: how the server is, what it does a second, and how long it takes.
import { useEffect, useMemo, useReducer, useState } from "preact/hooks";

import type { Info } from "../../lib/api";
import { durationInWords } from "../../lib/time";
import { Notice, Waiting } from "../../ui/notice";
import { Figure, Figures } from "../figure";
import { gauge, isOfShop, rateOf, type Reading, routesBetween } from "./difference";
import { Changes, Cluster, Kafka, showBytes, Store } from "./parts";
import { Routes, showDuration } from "./routes";
import { type Point, Watch } from "./watch";
import { Plot } from "../plot";
import "./view.css";

const plain = new Intl.NumberFormat("en");
const rate = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
/** Milliseconds that a plot has room for from the beginning on. */
const plotSpan = 180_000;
const engines: Record<Info["store"], string> = {
  rocks: "RocksDB, in a folder of this server",
  memory: "Memory: everything is forgotten at the end",
  cql: "A cluster, Cassandra or ScyllaDB",
};

export function HealthView() {
  const watch = useWatch();
  const now = watch.newest;
  const before = watch.readings.length > 1 ? watch.readings[0] : undefined;
  return (
    <>
      <h1>Health</h1>
      <State watch={watch} />
      {watch.info && now && <About info={watch.info} now={now} restartedAt={watch.restartedAt} />}
      {watch.info && now && before ? <Parts watch={watch} info={watch.info} before={before} now={now} /> : !watch.away && <Waiting what="figures to compare" />}
    </>
  );
}

function useWatch(): Watch {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const [watch] = useState(() => new Watch(() => draw(0)));
  useEffect(() => () => watch.end(), [watch]);
  return watch;
}

function State({ watch }: { watch: Watch }) {
  if (watch.away)
    return (
      <Notice kind="error">
        <p>
          <b>The server is away</b> since {clock.format(watch.awaySince)}. {watch.away} This page asks again every two seconds
          {watch.newest ? `; the figures below are of ${clock.format(watch.newest.at)}.` : "."}
        </p>
      </Notice>
    );
  if (!watch.newest) return null;
  if (watch.notReady !== null)
    return (
      <Notice kind="warning">
        <p>
          <b>Not ready.</b> {watch.notReady}
        </p>
      </Notice>
    );
  return (
    <Notice kind="good">
      <p>
        <b>Ready.</b> The server answers and its store takes writes.
      </p>
    </Notice>
  );
}

/** By the browser's clock, which may be another machine's. */
function Uptime({ seconds }: { seconds: number }) {
  return <Figure name="Up for" value={durationInWords(Math.max(0, seconds) * 1000)} about="Since the process began" />;
}

function About({ info, now, restartedAt }: { info: Info; now: Reading; restartedAt: number }) {
  return (
    <Figures>
      <Figure name="Version" value={info.version} about={restartedAt ? `Started anew at ${clock.format(restartedAt)}` : "Of Cartwheel"} />
      <Figure name="Engine" value={info.store} about={engines[info.store]} />
      <Uptime seconds={now.at / 1000 - gauge(now, "process_start_time_seconds")} />
      <Figure name="Memory" value={showBytes(gauge(now, "process_resident_memory_bytes"))} about="Of the process, in RAM" />
      <Figure name="Connections" value={plain.format(gauge(now, "cartwheel_http_connections_open"))} about="Open now" />
      <Figure
        name="Changes kept"
        value={info.changes_retention === 0 ? "All" : durationInWords(info.changes_retention * 1000)}
        about="How far back the log goes"
      />
      <Figure name="Currency" value={info.currency} about="Of the orders made now" />
    </Figures>
  );
}

function Parts({ watch, info, before, now }: { watch: Watch; info: Info; before: Reading; now: Reading }) {
  const routes = useMemo(() => routesBetween(before, now), [before, now]);
  const ofShop = routes.filter(({ route }) => isOfShop(route)).reduce((sum, { perSecond }) => sum + perSecond, 0);
  const shed = gauge(now, "cartwheel_http_requests_shed_total");
  const refused = gauge(now, "cartwheel_http_connections_refused_total");
  const failing = routes.reduce((sum, { byStatus }) => sum + (byStatus["5xx"] ?? 0), 0);
  return (
    <>
      <section class="stack" aria-labelledby="requests">
        <h2 id="requests">Requests</h2>
        <Figures>
          <Figure name="Requests a second" value={rate.format(ofShop)} about="For products, carts and orders, last half minute" />
          <Figure name="Failing a second" value={rate.format(failing)} about="Answered 5xx, on all routes" alarming={failing > 0} />
          <Figure name="Running" value={plain.format(gauge(now, "cartwheel_http_requests_running"))} about="Being worked on now" />
          <Figure name="Shed" value={plain.format(shed)} about="Answered 503 because too many were running" alarming={shed > 0} />
          <Figure name="Refused connections" value={plain.format(refused)} about="Too many were open" alarming={refused > 0} />
          <Figure name="Received a second" value={showBytes(rateOf(before, now, "cartwheel_http_received_bytes_total"))} about="Of all requests" />
          <Figure name="Sent a second" value={showBytes(rateOf(before, now, "cartwheel_http_sent_bytes_total"))} about="Of all answers" />
        </Figures>
        <RequestPlots points={watch.points} />
        <div class="card stack routes-card">
          <Routes routes={routes} />
        </div>
      </section>
      <section class="stack" aria-labelledby="store">
        <h2 id="store">Store</h2>
        <Store before={before} now={now} />
        <StorePlots points={watch.points} />
      </section>
      <section class="stack" aria-labelledby="changes">
        <h2 id="changes">Changes</h2>
        <Changes before={before} now={now} isCluster={info.store === "cql"} />
      </section>
      <section class="stack" aria-labelledby="kafka">
        <h2 id="kafka">Kafka sink</h2>
        <Kafka before={before} now={now} />
      </section>
      {info.store === "cql" && (
        <section class="stack" aria-labelledby="cluster">
          <h2 id="cluster">Cluster</h2>
          <Cluster before={before} now={now} />
        </section>
      )}
    </>
  );
}

function RequestPlots({ points }: { points: readonly Point[] }) {
  const plots = useMemo(
    () => ({
      times: points.map(({ at }) => at),
      requests: (["2xx", "4xx", "5xx"] as const).map((name) => ({ name, values: points.map(({ byStatus }) => byStatus[name]) })),
      latency: (["p50", "p90", "p99"] as const).map((name) => ({ name, values: points.map(({ latency }) => latency[name] ?? null) })),
    }),
    [points],
  );
  return (
    <div class="plots">
      <div class="card">
        <Plot name="Requests a second" times={plots.times} span={plotSpan} series={plots.requests} show={rate.format} />
      </div>
      <div class="card">
        <Plot name="Latency" times={plots.times} span={plotSpan} series={plots.latency} show={showDuration} colour={3} />
      </div>
    </div>
  );
}

function StorePlots({ points }: { points: readonly Point[] }) {
  const plots = useMemo(
    () => ({
      times: points.map(({ at }) => at),
      commits: [{ name: "Commits", values: points.map(({ commits }) => commits) }],
      batch: [{ name: "Commits in a batch", values: points.map(({ batch }) => batch) }],
    }),
    [points],
  );
  return (
    <div class="plots">
      <div class="card">
        <Plot name="Commits a second" times={plots.times} span={plotSpan} series={plots.commits} kind="area" show={rate.format} />
      </div>
      <div class="card">
        <Plot name="Commits in a batch" times={plots.times} span={plotSpan} series={plots.batch} kind="area" show={rate.format} colour={2} />
      </div>
    </div>
  );
}
