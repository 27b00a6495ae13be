// The history of texts: filters that are the address, a table on wide screens and cards on phones, and its export.
import { Link } from "react-router";
import ArrowDownLeft from "lucide-react/dist/esm/icons/arrow-down-left.mjs";
import ArrowUpRight from "lucide-react/dist/esm/icons/arrow-up-right.mjs";
import FileDown from "lucide-react/dist/esm/icons/file-down.mjs";
import Inbox from "lucide-react/dist/esm/icons/inbox.mjs";
import SearchX from "lucide-react/dist/esm/icons/search-x.mjs";
import { useFilters, useQuery } from "$/public/external/pages/components/address/address.jsx";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { AgentMark, DELIVERY, Icon, hasFailed } from "$/public/external/pages/inbox/parts/marks.jsx";
import { SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

const NAMES = ["q", "direction", "status", "number", "writer", "from", "to"];
const FIELD =
  "h-8 min-w-0 rounded-control border border-control bg-canvas px-2 text-13 text-ink pointer-coarse:h-11 pointer-coarse:text-16";

export function MessageFilters({ numbers, words }) {
  const { query, text, set, type, forget } = useFilters("/messages");
  const pick = (name, label, options, look = "") => (
    <select
      key={name}
      aria-label={label}
      value={query.get(name) ?? ""}
      onChange={(event) => set({ [name]: event.target.value })}
      className={`${FIELD} ${look}`}
    >
      <option value="">
        {label}: {words.ANYTHING}
      </option>
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
  return (
    <div role="search" className="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
      <input
        type="search"
        value={text}
        aria-label={words.SEARCH}
        placeholder={words.SEARCH}
        onChange={(event) => type(event.target.value)}
        className={`${FIELD} w-64 max-w-full max-sm:col-span-2 max-sm:w-full`}
      />
      {pick("direction", words.DIRECTION, [["inbound", words.INBOUND], ["outbound", words.OUTBOUND]])}
      {pick("status", words.STATUS, [
        ["problem", words.PROBLEM],
        ["delivered", words.DELIVERED],
        ["sent", words.SENT],
        ["queued", words.QUEUED],
        ["scheduled", words.SCHEDULED],
        ["cancelled", words.CANCELLED],
      ])}
      {pick("writer", words.WRITER, [["agent", words.BY_AGENT], ["person", words.BY_PERSON], ["customer", words.BY_CUSTOMER]], numbers.length > 1 ? "" : "max-sm:col-span-2")}
      {numbers.length > 1 ? pick("number", words.NUMBER, numbers.map((one) => [one.id, one.label])) : null}
      {day("from", words.FROM_DAY)}
      {day("to", words.TO_DAY)}
      {NAMES.some((name) => query.get(name)) ? (
        <Link to="/messages" replace onClick={forget} className={`${SECONDARY} h-8`}>
          {words.CLEAR_FILTERS}
        </Link>
      ) : null}
    </div>
  );
}

// The file holds what the filters show, all of it.
export function ExportLink({ words }) {
  const query = useQuery();
  const asked = new URLSearchParams([...query].filter(([name, value]) => NAMES.includes(name) && value));
  return (
    <a href={`/api/messages.csv${asked.size ? `?${asked}` : ""}`} download className={`${SECONDARY} h-8`}>
      <Icon as={FileDown} />
      {words.EXPORT}
    </a>
  );
}

function Status({ row, words }) {
  const [picture, tint] = DELIVERY[row.status] ?? [null, "text-muted"];
  return (
    <span className={`inline-flex items-center gap-1 whitespace-nowrap ${tint}`} title={row.error || undefined}>
      {picture ? <Icon as={picture} size={14} /> : null}
      {words[row.status.toUpperCase()] ?? row.status}
    </span>
  );
}

function Direction({ row, words }) {
  const inbound = row.direction === "inbound";
  return (
    <span className="text-muted" title={inbound ? words.INBOUND : words.OUTBOUND}>
      <Icon as={inbound ? ArrowDownLeft : ArrowUpRight} size={14} />
      <span className="sr-only">{inbound ? words.INBOUND : words.OUTBOUND}</span>
    </span>
  );
}

function Writer({ row, words }) {
  if (row.writer === "agent") {
    return (
      <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
        <AgentMark />
        {row.writer_name || words.BY_AGENT}
      </span>
    );
  }
  return <span className="whitespace-nowrap">{row.writer === "person" ? row.writer_name || words.AUTOMATIC : words.BY_CUSTOMER}</span>;
}

const nameOf = (row, words) => row.contact_name || row.contact_display || words.UNKNOWN;

function Said({ row, words }) {
  return (
    <>
      {row.body}
      {row.media ? <span className="text-muted"> {row.media === 1 ? words.ONE_FILE : words.FILES.replace("{n}", row.media)}</span> : null}
      {hasFailed(row.status) && row.error ? <span className="block text-danger-ink">{row.error}</span> : null}
    </>
  );
}

function Person({ row, words }) {
  return (
    <Link
      to={`/inbox/${row.conversation_id}`}
      aria-label={words.OPEN.replace("{name}", nameOf(row, words))}
      className="font-medium text-ink hover:underline pointer-coarse:inline-flex pointer-coarse:min-h-11 pointer-coarse:items-center"
    >
      {nameOf(row, words)}
    </Link>
  );
}

export function MessageTable({ rows, hasMore, stage, words, time, onMore }) {
  const query = useQuery();
  const filtered = NAMES.some((name) => query.get(name));
  if (stage === "loading") {
    return (
      <div role="status">
        <span className="sr-only">{words.LOADING}</span>
        {Array.from({ length: 8 }, (_, key) => (
          <div key={key} aria-hidden="true" className="flex h-12 items-center gap-4 border-b border-line">
            <span className="h-3.5 w-24 animate-breathe rounded-control bg-skeleton" />
            <span className="h-3.5 w-32 animate-breathe rounded-control bg-skeleton" />
            <span className="h-3.5 flex-1 animate-breathe rounded-control bg-skeleton" />
          </div>
        ))}
      </div>
    );
  }
  if (!rows.length) {
    const isNew = stage === "new" && !filtered;
    return (
      <div className="flex flex-col items-start py-4">
        <span className="inline-flex size-10 items-center justify-center rounded-card border border-line bg-sunken text-muted">
          <Icon as={isNew ? Inbox : SearchX} size={20} />
        </span>
        <h2 className="mt-4 text-14 font-semibold">{isNew ? words.NEW_TITLE : words.NONE_TITLE}</h2>
        <p className="mt-1 text-14 text-muted">{isNew ? words.NEW_BODY : words.NONE_BODY}</p>
      </div>
    );
  }
  const heads = ["", words.TIME, words.WITH, words.MESSAGE, words.WRITER, words.NUMBER, words.STATUS];
  return (
    <>
      <table className="hidden w-full text-13 md:table">
        <thead className="sticky top-0 bg-canvas text-left text-12 text-muted">
          <tr className="border-b border-line">
            {heads.map((head, key) => (
              <th key={key} scope="col" className={`py-2 pr-4 font-medium ${key === 5 ? "max-xl:hidden" : key === 4 ? "max-lg:hidden" : ""}`}>
                {head || <span className="sr-only">{words.DIRECTION}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className="border-b border-line align-top hover:bg-hover">
              <td className="py-2.5 pr-2">
                <Direction row={row} words={words} />
              </td>
              <td className="tabular py-2.5 pr-4 whitespace-nowrap text-muted">
                <Timestamp at={row.at} format="relative" {...time} />
              </td>
              <td className="max-w-48 truncate py-2.5 pr-4">
                <Person row={row} words={words} />
              </td>
              <td className="max-w-120 py-2.5 pr-4 wrap-anywhere">
                <Said row={row} words={words} />
              </td>
              <td className="py-2.5 pr-4 max-lg:hidden">
                <Writer row={row} words={words} />
              </td>
              <td className="tabular py-2.5 pr-4 whitespace-nowrap text-muted max-xl:hidden">{row.our_display}</td>
              <td className="py-2.5">
                <Status row={row} words={words} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="md:hidden">
        {rows.map((row) => (
          <li key={row.id} className="border-b border-line py-2.5 text-13">
            <p className="flex items-center gap-2">
              <Direction row={row} words={words} />
              <span className="min-w-0 flex-1 truncate">
                <Person row={row} words={words} />
              </span>
              <Timestamp at={row.at} format="relative" {...time} className="shrink-0 text-12 text-muted" />
            </p>
            <p className="mt-1 break-words">
              <Said row={row} words={words} />
            </p>
            <p className="mt-1 flex items-center justify-between gap-2 text-12 text-muted">
              <Writer row={row} words={words} />
              <Status row={row} words={words} />
            </p>
          </li>
        ))}
      </ul>
      <div className="flex items-center gap-3 py-4 text-13 text-muted">
        <span role="status" className="tabular">
          {words.SHOWN.replace("{n}", rows.length.toLocaleString())}
        </span>
        {hasMore ? (
          <button type="button" className={SECONDARY} onClick={onMore}>
            {words.MORE}
          </button>
        ) : rows.length >= 500 ? (
          <span>{words.LIMIT}</span>
        ) : null}
      </div>
    </>
  );
}
