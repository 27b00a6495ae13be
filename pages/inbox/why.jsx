// Why an agent said it: what it read, what it did, how long it took and what it cost.
import { Link } from "react-router";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { AgentMark, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));
const empty = (value) =>
  value === null || value === undefined || value === "" || (typeof value === "object" && !Object.keys(value).length);
const milliseconds = (ms) =>
  ms >= 1000
    ? new Intl.NumberFormat(undefined, { style: "unit", unit: "second", maximumFractionDigits: 1 }).format(ms / 1000)
    : `${ms} ms`;

const shortDay = (at) => new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(new Date(at));

function money(micros) {
  if (!micros) return "$0";
  const dollars = micros / 1_000_000;
  return `$${dollars < 0.01 ? dollars.toFixed(6).replace(/0+$/, "") : dollars.toFixed(2)}`;
}

// The headings over a passage, without the title that stands over them.
const within = ({ title, path }) =>
  (path ?? "")
    .split(" › ")
    .filter((heading, place) => heading && !(place === 0 && heading === title))
    .join(" › ");

function Fact({ name, children }) {
  return (
    <div className="flex items-baseline justify-between gap-4 py-0.5">
      <dt className="text-muted">{name}</dt>
      <dd className="tabular min-w-0 truncate text-right text-ink">{children}</dd>
    </div>
  );
}

function Part({ title, children }) {
  return (
    <section className="mt-4">
      <h4 className="text-12 font-medium text-muted">{title}</h4>
      <div className="mt-1.5">{children}</div>
    </section>
  );
}

function Code({ children }) {
  return (
    <pre className="mt-1 max-h-60 overflow-auto rounded-control bg-sunken p-2 font-mono text-12 break-words whitespace-pre-wrap text-ink">
      {children}
    </pre>
  );
}

// What would have to change for another answer, from what this one rested on: the page where it is changed beside it.
function otherwise(turn, words) {
  const at = turn.agent_id ? `/agents/${turn.agent_id}` : "";
  const tab = (name) => (at ? `${at}?tab=${name}` : "");
  const sources = turn.sources ?? [];
  const titles = [...new Set(sources.map((source) => source.title).filter(Boolean))];
  const refused = (turn.tools ?? []).filter((tool) => tool.status && tool.status !== "ok");
  const weak = sources.length > 0 && Math.max(...sources.map((source) => source.similarity ?? 0)) < 0.4;
  return [
    ...(sources.length
      ? [[words.CHANGE_SOURCES.replace("{titles}", titles.slice(0, 3).join(", ")), tab("knowledge")]]
      : [[words.CHANGE_NO_SOURCES, tab("knowledge")]]),
    ...(weak ? [[words.CHANGE_WEAK, tab("knowledge")]] : []),
    ...(refused.length ? [[words.CHANGE_TOOL.replace("{name}", refused[0].name), ""]] : []),
    ...((turn.attempts ?? []).some((attempt) => attempt.error) ? [[words.CHANGE_MODEL, tab("configure")]] : []),
    [words.CHANGE_PROMPT, tab("prompt")],
    [words.CHANGE_CUSTOMER, ""],
  ];
}

export function Why({ turn, words, onClose }) {
  const sources = turn.sources ?? [];
  const tools = turn.tools ?? [];
  const attempts = turn.attempts ?? [];
  const failed = attempts.filter((attempt) => attempt.error);
  return (
    <section aria-label={words.WHY} className="border-b border-line px-4 pt-4 pb-5">
      <div className="flex items-center gap-2">
        <h3 className="flex-1 text-14 font-semibold">{words.WHY}</h3>
        {onClose ? (
          <button
            type="button"
            aria-label={words.CLOSE_WHY}
            onClick={onClose}
            className="-my-1 -mr-2 inline-flex size-7 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
          >
            <Icon as={X} />
          </button>
        ) : null}
      </div>
      <p className="mt-1 flex items-center gap-1.5 text-13 text-muted">
        <AgentMark />
        {turn.agent_name} · v{turn.agent_version}
      </p>
      {turn.is_unanswered ? (
        <p className="mt-2 rounded-control bg-warning-soft px-2.5 py-2 text-13 text-warning-ink">{words.UNANSWERED}</p>
      ) : null}
      {turn.reason ? <p className="mt-2 rounded-control bg-info-soft px-2.5 py-2 text-13 text-info-ink">{turn.reason}</p> : null}

      <Part title={words.SOURCES}>
        {sources.length ? (
          <ol className="flex flex-col gap-2">
            {sources.map((source, key) => (
              <li key={key} className="rounded-control border border-line px-2.5 py-2">
                <p className="text-13 font-medium text-ink">
                  {source.source_id ? (
                    <Link
                      to={`/knowledge/${source.source_id}`}
                      className="rounded-control underline decoration-1 underline-offset-2 hover:decoration-2"
                    >
                      {source.title || words.UNTITLED}
                    </Link>
                  ) : (
                    source.title || words.UNTITLED
                  )}
                </p>
                {within(source) ? <p className="text-12 text-muted">{within(source)}</p> : null}
                <blockquote className="mt-0.5 line-clamp-6 text-13 whitespace-pre-line text-muted">
                  {source.quote}
                </blockquote>
              </li>
            ))}
          </ol>
        ) : (
          <p className="text-13 text-muted">{words.NO_SOURCES}</p>
        )}
      </Part>

      <Part title={words.MEMORY}>
        {turn.memory?.length ? (
          <>
            <p className="text-13 text-muted">{words.MEMORY_ALSO}</p>
            <ul className="mt-1.5 flex flex-col gap-2">
              {turn.memory.map((one, key) => (
                <li key={key} className="rounded-control border border-line px-2.5 py-2">
                  <p className="text-13 break-words text-ink">{one.text}</p>
                  {one.quote ? (
                    <blockquote className="mt-0.5 border-l-2 border-line pl-2 text-12 break-words text-muted">“{one.quote}”</blockquote>
                  ) : null}
                  <p className="mt-0.5 text-12 text-muted">
                    {[words[`MEMORY_${one.kind.toUpperCase()}`], one.by && words.MEMORY_BY.replace("{name}", one.by), one.at && shortDay(one.at)]
                      .filter(Boolean)
                      .join(" · ")}
                  </p>
                </li>
              ))}
            </ul>
          </>
        ) : (
          <p className="text-13 text-muted">{words.MEMORY_HINT}</p>
        )}
      </Part>

      {tools.length ? (
        <Part title={words.TOOLS}>
          <ul className="flex flex-col gap-2">
            {tools.map((tool, key) => (
              <li key={key} className="rounded-control border border-line px-2.5 py-2">
                <p className="flex items-baseline gap-2 text-13">
                  <span className="min-w-0 flex-1 truncate font-mono text-12 text-ink">{tool.name}</span>
                  {tool.status && tool.status !== "ok" ? (
                    <span className="text-danger-ink">{tool.status === "refused" ? words.TOOL_REFUSED : words.TOOL_FAILED}</span>
                  ) : null}
                  {tool.ms ? <span className="tabular text-12 text-muted">{milliseconds(tool.ms)}</span> : null}
                </p>
                {empty(tool.arguments) ? null : <Code>{asText(tool.arguments)}</Code>}
                {empty(tool.result) ? null : <Code>{asText(tool.result)}</Code>}
              </li>
            ))}
          </ul>
        </Part>
      ) : null}

      <Part title={words.FIGURES}>
        <dl className="text-13">
          <Fact name={words.MODEL}>{turn.model || "–"}</Fact>
          <Fact name={words.TOKENS}>
            {turn.tokens_in ?? 0} → {turn.tokens_out ?? 0}
          </Fact>
          <Fact name={words.LOOKUP}>{milliseconds(turn.retrieval_ms ?? 0)}</Fact>
          <Fact name={words.THINKING}>{milliseconds(turn.model_ms ?? 0)}</Fact>
          <Fact name={words.ALTOGETHER}>{milliseconds(turn.total_ms ?? 0)}</Fact>
          <Fact name={words.COST}>{money(turn.cost_micros)}</Fact>
        </dl>
      </Part>

      <Part title={words.CHANGE}>
        <ul className="flex list-disc flex-col gap-1 pl-4 text-13 text-muted">
          {otherwise(turn, words).map(([text, to]) => (
            <li key={text}>
              {to ? (
                <Link to={to} className="text-accent-ink hover:underline">
                  {text}
                </Link>
              ) : (
                text
              )}
            </li>
          ))}
        </ul>
      </Part>

      {failed.length ? (
        <Part title={words.ATTEMPTS.replace("{n}", attempts.length)}>
          <ul className="flex flex-col gap-1 text-13">
            {attempts.map((attempt, key) => (
              <li key={key} className="flex items-baseline gap-2">
                <span className="shrink-0 text-ink">{attempt.model}</span>
                <span className={`min-w-0 break-words ${attempt.error ? "text-danger-ink" : "text-success-ink"}`}>
                  {attempt.error || words.WORKED}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      ) : null}

      {turn.prompt ? (
        <details className="mt-4">
          <summary className="cursor-pointer rounded-control text-13 font-medium text-ink pointer-coarse:py-2.5">
            {words.PROMPT}
          </summary>
          <Code>{turn.prompt}</Code>
        </details>
      ) : null}
    </section>
  );
}
