// The strip of figures and the plots of the live view: all that happens, whatever the list below shows.
import { useMemo } from "preact/hooks";

import { showMoney } from "../../lib/money";
import { Figure, Figures as Strip } from "../figure";
import { spanSeconds } from "./rates";
import type { Pulse } from "./pulse";
import { Plot } from "../plot";

/** Seconds that the plots look back: the half hour, or less where nothing happened before. */
const spans = [300, 900, spanSeconds];
const points = 150;
const plain = new Intl.NumberFormat("en");
const rate = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function Figures({ pulse }: { pulse: Pulse }) {
  const second = Math.floor(pulse.now() / 1000);
  const { currency } = pulse.info;
  const span = pulse.rates.sum(second + 1 - spanSeconds, second + 1);
  const perSecond = pulse.rates.sum(second - 5, second).events / 5;
  // Points move every two seconds: often enough to see, seldom enough to cost nothing.
  const until = second - (second % 2);
  const minutes = useMemo(() => {
    const span = pulse.rates.fitting(until, spans);
    const { times, events, orders, revenue } = pulse.rates.minutes(until, span, span / points);
    return {
      times,
      events: [{ name: "Changes", values: events }],
      orders: [{ name: "Orders", values: orders }],
      revenue: [{ name: "Revenue", values: revenue }],
    };
  }, [until, pulse.known, pulse.gap]);
  const money = (cents: number) => showMoney(cents, currency);
  const shortMoney = useMemo(() => {
    const format = moneyFormat(currency);
    return (amount: number) => format.format(amount);
  }, [currency]);
  // Millions of cents do not fit a phone.
  const inPlace = (cents: number) => (cents >= 10_000_000 ? shortMoney(cents / 100) : money(cents));
  return (
    <>
      <Strip>
        <Figure name="Changes a second" value={rate.format(perSecond)} about="Average of the last five seconds" />
        <Figure name="Changes" value={plain.format(span.events)} about="Last 30 minutes" />
        <Figure name="Orders" value={plain.format(span.orders)} about="Last 30 minutes" />
        <Figure name="Revenue" value={inPlace(span.revenue)} exact={money(span.revenue)} about="Last 30 minutes" />
        <Figure name="Average order" value={span.orders ? inPlace(Math.round(span.revenue / span.orders)) : "–"} about="Last 30 minutes" />
        <Figure name="Followers" value={pulse.followers === undefined ? "–" : plain.format(pulse.followers)} about="Streams and sinks, this page too" />
      </Strip>
      <div class="plots">
        <div class="card">
          <Plot name="Changes a minute" times={minutes.times} series={minutes.events} kind="area" show={compact.format} whole />
        </div>
        <div class="card">
          <Plot name="Orders a minute" times={minutes.times} series={minutes.orders} kind="area" show={compact.format} colour={3} whole />
        </div>
        <div class="card">
          <Plot name="Revenue a minute" times={minutes.times} series={minutes.revenue} kind="area" show={shortMoney} colour={2} />
        </div>
      </div>
      <p class="quiet small" data-testid="counted">
        {plain.format(pulse.counted)} {pulse.counted === 1 ? "change" : "changes"} since this page was opened. {pastInWords(pulse)} {pulse.gap}
      </p>
    </>
  );
}

function pastInWords({ past, info }: Pulse): string {
  if (past === "asking") return "The plots' past is being read from the log.";
  if (past === "known") return "";
  if (info.store === "cql") return "The plots begin with this page: a cluster's log is not asked for its past.";
  return "The plots may lack some of their past: the log could not be asked for all of it.";
}

function moneyFormat(currency: string): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency, notation: "compact", maximumFractionDigits: 2, minimumFractionDigits: 0 });
  } catch {
    return compact;
  }
}
