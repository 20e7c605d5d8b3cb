// Asks the query engine: ready-made questions, a box for statements, and the answer as a table, a plot or a file. The statement stands in the
// address, so that it can be handed on; one that came with an address runs by itself only when it is a ready-made one.
import { useLocation } from "preact-iso/router";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";

import { type Answer, shop } from "../../lib/api";
import { useLoad } from "../../ui/load";
import { Failed, Notice, Waiting } from "../../ui/notice";
import { AnswerView } from "./answer";
import { forgetHistory, history, remember } from "./history";
import { findReady, type Question, readyQuestions } from "./ready";
import { TablesList } from "./tables";
import { statementTrouble } from "./trouble";
import "./view.css";

type Asked = { state: "nothing" } | { state: "running"; statement: string } | { state: "answered"; statement: string; answer: Answer } | { state: "refused" | "ended"; message: string };

export function QuestionsView() {
  const shopKind = useLoad(async () => {
    const { store, keyspace } = await shop.info();
    return { keyspace: store === "cql" ? keyspace : undefined };
  }, []);
  return (
    <>
      <div>
        <h1>Questions</h1>
        <p class="quiet">What the shop's tables and its log of changes know. A question changes nothing.</p>
      </div>
      {shopKind.value ? (
        <Questions keyspace={shopKind.value.keyspace} />
      ) : shopKind.error ? (
        <Failed what="what this server is" error={shopKind.error} onRetry={shopKind.reload} />
      ) : (
        <Waiting what="the questions" />
      )}
    </>
  );
}

function Questions({ keyspace }: { keyspace: string | undefined }) {
  const questions = useMemo(() => readyQuestions(keyspace), [keyspace]);
  const { query, route } = useLocation();
  const inAddress = query["q"] ?? "";
  const [text, setText] = useState(inAddress);
  const [asked, setAsked] = useState<Asked>({ state: "nothing" });
  const [shape, setShape] = useState<"table" | "plot">("table");
  const running = useRef<AbortController | null>(null);
  const latest = useRef<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const isRunning = asked.state === "running";

  const run = useCallback(async (statement: string) => {
    if (statement.trim() === "") return setAsked({ state: "refused", message: "There is no statement yet. Write a SELECT, or take a ready-made question." });
    running.current?.abort();
    const ended = new AbortController();
    running.current = ended;
    latest.current = statement;
    setAsked({ state: "running", statement });
    remember(statement);
    try {
      const answer = await shop.query(statement, undefined, ended.signal);
      if (running.current === ended) setAsked({ state: "answered", statement, answer });
    } catch (error) {
      if (running.current !== ended) return;
      setAsked(ended.signal.aborted ? { state: "ended", message: "The query was ended before it answered." } : { state: "refused", message: statementTrouble(error) });
    }
  }, []);
  useEffect(() => () => running.current?.abort(), []);

  // What the address says, when it was not this view that wrote it there.
  useEffect(() => {
    if (inAddress === "" || inAddress === latest.current) return;
    setText(inAddress);
    if (findReady(inAddress, questions)) void run(inAddress);
    else setAsked({ state: "nothing" });
  }, [inAddress, questions, run]);

  const ask = (statement: string) => {
    setText(statement);
    void run(statement);
    // Beyond what a server takes as an address it stays here.
    if (statement !== inAddress && statement.length < 1_500) route(`/dashboard/questions?q=${encodeURIComponent(statement)}`);
  };
  const write = (statement: string) => {
    setText(statement);
    box.current?.focus();
  };
  const ready = findReady(text, questions);
  const isFromAddress = text !== "" && text === inAddress && text !== latest.current && !ready;

  return (
    <div class="questions">
      <div class="stack questions-main">
        {keyspace !== undefined && (
          <Notice kind="info">
            This shop is on a cluster: statements go to it as its own CQL, so the views and SQL of a shop on one machine are not there, and a WHERE without a key needs ALLOW FILTERING.
          </Notice>
        )}
        <ReadyList questions={questions} current={ready} onAsk={(question) => ask(question.statement)} />
        <form
          class="stack questions-form"
          onSubmit={(event) => {
            event.preventDefault();
            ask(text);
          }}
        >
          <label>
            Statement
            <textarea
              ref={box}
              class="mono"
              rows={Math.min(12, Math.max(3, text.split("\n").length))}
              spellcheck={false}
              autocomplete="off"
              aria-describedby="statement-help"
              aria-invalid={asked.state === "refused"}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
                  event.preventDefault();
                  ask(text);
                }
                if (event.key === "Escape" && isRunning) running.current?.abort();
              }}
            />
          </label>
          {isFromAddress && !isRunning && <Notice kind="warning">This statement came with the address. Read it, and run it if it asks what you want to know.</Notice>}
          <div class="row">
            <button type="submit" class="primary" disabled={isRunning}>
              Run
            </button>
            <button type="button" disabled={!isRunning} onClick={() => running.current?.abort()}>
              End
            </button>
            <span class="quiet questions-keys" id="statement-help">
              <kbd>Ctrl</kbd> + <kbd>Enter</kbd> runs it, <kbd>Esc</kbd> ends it. At most 5 seconds and 10,000 rows.
            </span>
          </div>
        </form>
        {isRunning && (
          <p class="quiet" role="status">
            Asking…
          </p>
        )}
        {asked.state === "refused" && <Notice kind="error">{asked.message}</Notice>}
        {asked.state === "ended" && <Notice kind="info">{asked.message}</Notice>}
        {asked.state === "answered" && (
          <AnswerView
            // Another answer begins at its first row, unsorted.
            key={asked.statement}
            answer={asked.answer}
            name={findReady(asked.statement, questions)?.name ?? "Answer"}
            shape={shape}
            onShape={setShape}
          />
        )}
      </div>
      <aside class="stack questions-side">
        <section class="card stack" aria-labelledby="tables-title">
          <h2 id="tables-title">What there is</h2>
          <TablesList keyspace={keyspace} onPick={write} />
        </section>
        <History onPick={write} />
      </aside>
    </div>
  );
}

function ReadyList({ questions, current, onAsk }: { questions: Question[]; current: Question | undefined; onAsk: (question: Question) => void }) {
  return (
    <section class="stack questions-ready" aria-label="Ready-made questions">
      <ul>
        {questions.map((question) => (
          <li key={question.name}>
            <button type="button" aria-current={question === current ? "true" : undefined} title={question.about} onClick={() => onAsk(question)}>
              {question.name}
            </button>
          </li>
        ))}
      </ul>
      <p class="quiet">{current?.about ?? "Take a ready-made question, or write your own below."}</p>
    </section>
  );
}

function History({ onPick }: { onPick: (statement: string) => void }) {
  return (
    <section class="card stack" aria-labelledby="history-title">
      <div class="row">
        <h2 id="history-title" class="grow">
          History
        </h2>
        {history.value.length > 0 && (
          <button type="button" class="link-button" onClick={forgetHistory}>
            Forget all
          </button>
        )}
      </div>
      {history.value.length === 0 ? (
        <p class="quiet">What you run is remembered here, in this browser alone.</p>
      ) : (
        <ol class="questions-history">
          {history.value.map((statement) => (
            <li key={statement}>
              <button type="button" class="mono" title={statement} onClick={() => onPick(statement)}>
                {statement}
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
