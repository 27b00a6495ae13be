// The list of calls: filters that are the address, and a row for each call that opens it.
import { Link } from "react-router";
import { useFilters, useQuery } from "$/public/external/pages/components/address/address.jsx";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { lasted, picture, reasonOf, resultOf, titleOf } from "$/public/external/pages/calls/parts/saying.jsx";
import { SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { AgentMark, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const NAMES = ["q", "direction", "result", "agent", "number", "from", "to"];
const FIELD =
  "h-8 min-w-0 rounded-control border border-control bg-canvas px-2 text-13 text-ink pointer-coarse:h-11 pointer-coarse:text-16";

export function CallFilters({ agents, numbers, results, words }) {
  const { query, text, set, type, forget } = useFilters("/calls");
  const pick = (name, label, any, options, look = "") => (
    <select
      key={name}
      aria-label={label}
      value={query.get(name) ?? ""}
      onChange={(event) => set({ [name]: event.target.value })}
      className={`${FIELD} ${look}`}
    >
      <option value="">{any}</option>
      {options.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  );
  const day = (name, label) => (
    <label key={name} className="flex items-center gap-1.5 text-13 text-muted max-sm:flex-col max-sm:items-start max-sm:gap-1">
      {label}
      <input
        type="date"
        value={query.get(name) ?? ""}
        onChange={(event) => set({ [name]: event.target.value, tz: Intl.DateTimeFormat().resolvedOptions().timeZone })}
        className={`${FIELD} max-sm:w-full`}
      />
    </label>
  );
  const choices = [
    ["direction", words.DIRECTION, words.ANY_DIRECTION, [["inbound", words.IN], ["outbound", words.OUT]]],
    ["result", words.RESULT, words.ANY_RESULT, results],
    ...(agents.length > 1 ? [["agent", words.AGENT, words.ANY_AGENT, agents.map((one) => [one.id, one.name])]] : []),
    ...(numbers.length > 1 ? [["number", words.NUMBER, words.ANY_NUMBER, numbers.map((one) => [one.number, one.label])]] : []),
  ];
  return (
    <div role="search" className="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
      <input
        type="search"
        value={text}
        maxLength={80}
        aria-label={words.SEARCH}
        placeholder={words.SEARCH}
        onChange={(event) => type(event.target.value)}
        className={`${FIELD} w-56 max-w-full max-sm:col-span-2 max-sm:w-full`}
      />
      {choices.map(([name, label, any, options], at) =>
        pick(name, label, any, options, `max-w-40 max-sm:max-w-full ${at === choices.length - 1 && choices.length % 2 ? "max-sm:col-span-2" : ""}`),
      )}
      {day("from", words.SINCE)}
      {day("to", words.UNTIL)}
      {NAMES.some((name) => query.get(name)) ? (
        <Link to="/calls" replace onClick={forget} className={`${SECONDARY} h-8 max-sm:col-span-2`}>
          {words.CLEAR_FILTERS}
        </Link>
      ) : null}
    </div>
  );
}

// The file holds what the filters show, all of it.
export function CallExport({ look, words, children }) {
  const query = useQuery();
  const asked = new URLSearchParams([...query].filter(([name, value]) => (NAMES.includes(name) || name === "tz") && value));
  return (
    <a href={`/api/calls.csv${asked.size ? `?${asked}` : ""}`} download className={look}>
      {children}
      {words.EXPORT}
    </a>
  );
}

function CallRow({ row, words, callWords, time }) {
  const shape = {
    direction: row.direction,
    status: row.status,
    disposition: row.disposition,
    isMissed: row.is_missed,
    agentName: row.agent_name,
  };
  const [face, tint] = picture(shape);
  const result = row.is_live ? callWords[row.status.toUpperCase()] : resultOf(shape, callWords);
  const name = row.contact_name || row.number_display;
  const reason = reasonOf(row.reason, result);
  const why = [row.template, row.purpose || row.goal].filter(Boolean).join(" · ");
  return (
    <li className="first:*:rounded-t-card last:*:rounded-b-card">
      <Link
        to={`/calls/${row.id}`}
        className="grid min-h-17 grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-3 -outline-offset-2 transition-colors hover:bg-hover lg:grid-cols-[auto_minmax(0,1fr)_14rem_12rem_5rem_4rem]"
      >
        <span title={titleOf(shape, callWords)}>
          <Icon as={face} size={16} className={tint} />
          <span className="sr-only">{titleOf(shape, callWords)}</span>
        </span>
        <span className="min-w-0">
          <span className="block truncate text-14 font-medium text-ink">{name}</span>
          <span className="block truncate text-13 text-muted">
            {row.found ? <q>{row.found}</q> : row.summary || reason || why || (row.contact_name ? row.number_display : "")}
          </span>
          {why && (row.found || row.summary || reason) ? (
            <span className="block truncate text-13 text-muted" title={row.purpose || row.goal}>
              {callWords.PURPOSE}: {why}
            </span>
          ) : null}
          <span className={`block truncate text-13 lg:hidden ${row.is_missed ? "text-danger-ink" : "text-muted"}`}>
            {result}
            {row.duration_s ? ` · ${lasted(row.duration_s, callWords)}` : ""}
          </span>
        </span>
        <span className={`hidden min-w-0 truncate text-13 lg:block ${row.is_missed ? "text-danger-ink" : row.is_live ? "font-medium text-success-ink" : "text-muted"}`}>
          {result}
        </span>
        <span className="hidden min-w-0 text-13 text-muted lg:block">
          {row.agent_name ? (
            <span className="flex items-center gap-1.5 truncate">
              <AgentMark />
              <span className="truncate">{row.agent_name}</span>
            </span>
          ) : null}
          <span className="tabular block truncate text-12 text-faint">{row.service_display}</span>
        </span>
        <span className="tabular hidden text-right text-13 text-muted lg:block">
          {row.duration_s ? lasted(row.duration_s, callWords) : "–"}
        </span>
        <Timestamp at={row.started_at} format="relative" {...time} className="shrink-0 self-start text-right text-12 text-muted lg:self-center" />
      </Link>
    </li>
  );
}

export function CallRows({ rows, words, callWords, time }) {
  return (
    <ul aria-label={words.TITLE} className="divide-y divide-line rounded-card border border-line">
      {rows.map((row) => (
        <CallRow key={row.id} row={row} words={words} callWords={callWords} time={time} />
      ))}
    </ul>
  );
}
