// The parts of the health view below its head: the store, followers of changes, the Kafka sink, a cluster.
import { Figure, Figures } from "../figure";
import { gauge, rateOf, type Reading } from "./difference";
import { batchSize } from "./watch";

const plain = new Intl.NumberFormat("en");
const rate = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const units = ["B", "kB", "MB", "GB", "TB"];

export function showBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power > 0 ? rate.format(bytes / 1000 ** power) : plain.format(Math.round(bytes))} ${units[power]}`;
}

interface PartProps {
  before: Reading;
  now: Reading;
}

export function Store({ before, now }: PartProps) {
  const batch = batchSize(before, now);
  const refused = gauge(now, "cartwheel_store_refused_total");
  return (
    <Figures>
      <Figure name="Commits a second" value={rate.format(rateOf(before, now, "cartwheel_store_commits_total"))} about="Writes that changed something" />
      <Figure name="Commits in a batch" value={batch === null ? "–" : rate.format(batch)} about="Made durable by one write to disk, on average" />
      <Figure name="Syncs a second" value={rate.format(rateOf(before, now, "cartwheel_store_syncs_total"))} about="Times that the log was forced to disk" />
      <Figure name="Waiting writes" value={plain.format(gauge(now, "cartwheel_store_queue_depth"))} about="In the queue of the committer now" />
      <Figure name="Refused writes" value={plain.format(refused)} about="The queue was full, since the start" alarming={refused > 0} />
      <Figure name="Commits in all" value={plain.format(gauge(now, "cartwheel_store_commits_total"))} about="Since the start of the server" />
      <Figure name="Memory of the store" value={showBytes(gauge(now, "cartwheel_store_memory_bytes"))} about="Caches and buffers" />
    </Figures>
  );
}

export function Changes({ before, now, isCluster }: PartProps & { isCluster: boolean }) {
  const lag = gauge(now, "cartwheel_changes_lag");
  const tooSlow = gauge(now, "cartwheel_changes_streams_too_slow_total");
  const refused = gauge(now, "cartwheel_changes_streams_refused_total");
  return (
    <Figures>
      <Figure name="Followers" value={plain.format(gauge(now, "cartwheel_changes_followers"))} about="Streams and sinks" />
      <Figure name="Open streams" value={plain.format(gauge(now, "cartwheel_changes_streams_open"))} about="Clients of /changes" />
      <Figure
        name="Lag"
        value={isCluster ? `${rate.format(lag / 1e6)} s` : `${plain.format(lag)} ${lag === 1 ? "commit" : "commits"}`}
        about="What the slowest follower has still to get"
      />
      <Figure name="Events a second" value={rate.format(rateOf(before, now, "cartwheel_changes_events_sent_total"))} about="Sent to all streams together" />
      <Figure name="Bytes a second" value={showBytes(rateOf(before, now, "cartwheel_changes_sent_bytes_total"))} about="Sent to all streams together" />
      <Figure name="Too slow" value={plain.format(tooSlow)} about="Streams ended because the client took nothing" />
      <Figure name="Refused streams" value={plain.format(refused)} about="Too many were open" alarming={refused > 0} />
    </Figures>
  );
}

const kafkaStates: Record<string, string> = {
  starting: "Starting",
  sending: "Sending",
  away: "Brokers away",
  refused: "Refused by the brokers",
  no_store: "Store not readable",
};

export function Kafka({ before, now }: PartProps) {
  const states = now.metrics.get("cartwheel_kafka_state");
  if (!states)
    return (
      <p class="quiet">
        Not set up: start the server with <code>--kafka-brokers</code>, and it sends every change to Kafka.
      </p>
    );
  const state = states.find(({ value }) => value === 1)?.labels["state"] ?? "";
  const failed = gauge(now, "cartwheel_kafka_failed_total");
  const gaps = gauge(now, "cartwheel_kafka_gaps_total");
  return (
    <Figures>
      <Figure name="State" value={kafkaStates[state] ?? state} about="How it stands with sending" alarming={state !== "sending" && state !== "starting"} />
      <Figure
        name="Lag"
        value={`${plain.format(gauge(now, "cartwheel_kafka_lag_commits"))} commits`}
        about={`Not acknowledged; the oldest is ${rate.format(gauge(now, "cartwheel_kafka_lag_seconds"))} s old`}
      />
      <Figure name="In flight" value={plain.format(gauge(now, "cartwheel_kafka_in_flight"))} about="Messages that wait for an acknowledgement" />
      <Figure
        name="Sent"
        value={plain.format(gauge(now, "cartwheel_kafka_sent_total"))}
        about={`Acknowledged; ${rate.format(rateOf(before, now, "cartwheel_kafka_sent_total"))} a second now`}
      />
      <Figure name="Failed" value={plain.format(failed)} about="Refused, and sent again" alarming={failed > 0} />
      <Figure name="Retried" value={plain.format(gauge(now, "cartwheel_kafka_retried_total"))} about="Requests that were sent once more" />
      <Figure name="Gaps" value={plain.format(gaps)} about="Changes forgotten before they were sent" alarming={gaps > 0} />
    </Figures>
  );
}

export function Cluster({ before, now }: PartProps) {
  const failing = gauge(now, "cartwheel_changes_poll_failing") > 0;
  return (
    <Figures>
      <Figure name="Statements a second" value={rate.format(rateOf(before, now, "cartwheel_cluster_statements_total"))} about="Sent to the cluster for requests" />
      <Figure
        name="In the background"
        value={rate.format(rateOf(before, now, "cartwheel_cluster_background_statements_total"))}
        about="Statements a second beside requests"
      />
      <Figure
        name="Undelivered"
        value={plain.format(gauge(now, "cartwheel_cluster_undelivered_commits"))}
        about="Commits whose orders and change rows are still to be written"
      />
      <Figure name="Looks a second" value={rate.format(rateOf(before, now, "cartwheel_changes_polls_total"))} about="Into the cluster’s log, for followers" />
      <Figure
        name="Failed looks"
        value={plain.format(gauge(now, "cartwheel_changes_failed_polls_total"))}
        about={failing ? "The last one failed" : "The last one went well"}
        alarming={failing}
      />
    </Figures>
  );
}
