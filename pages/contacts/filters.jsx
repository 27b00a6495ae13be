// The filters of the list, which are the address, and which columns this browser shows.
import { useRef, useSyncExternalStore } from "react";
import { Link } from "react-router";
import Columns from "lucide-react/dist/esm/icons/columns-3.mjs";
import FileDown from "lucide-react/dist/esm/icons/file-down.mjs";
import { useFilters, useQuery } from "$/public/external/pages/components/address/address.jsx";
import { Hotkey } from "$/public/external/pages/components/hotkeys/hotkeys.jsx";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

// Found rows are to be drawn within 300 ms of the last letter (tests/bench/painted.py), and this is the first third.
const PAUSE_MS = 100;
export const FILTERS = ["q", "show", "tag", "country"];
export const COLUMNS = ["phone", "email", "company", "job_title", "city", "country", "tags", "last_contact", "created"];
const USUAL = ["phone", "company", "tags", "last_contact"];
const KEPT = "magpipe:contact-columns";
const FIELD =
  "h-8 min-w-0 rounded-control border border-control bg-canvas px-2 text-13 text-ink pointer-coarse:h-11 pointer-coarse:text-16";

let shown = null;
const watchers = new Set();
function read() {
  if (shown) return shown;
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    shown = Array.isArray(kept) ? COLUMNS.filter((name) => kept.includes(name)) : USUAL;
  } catch {
    shown = USUAL;
  }
  return shown;
}
function keep(next) {
  shown = COLUMNS.filter((name) => next.includes(name));
  try {
    localStorage.setItem(KEPT, JSON.stringify(shown));
  } catch {
    // A browser that keeps nothing shows them until the page is left.
  }
  watchers.forEach((watcher) => watcher());
}
export function useColumns() {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    read,
    () => USUAL,
  );
}

export const wordOf = (column, words) => words[column.toUpperCase()];

function ColumnMenu({ words }) {
  const columns = useColumns();
  return (
    <Popover>
      <PopoverTrigger label={words.COLUMNS} className={`${SECONDARY} h-8 max-md:hidden`}>
        <Icon as={Columns} />
        <span className="max-lg:sr-only">{words.COLUMNS}</span>
      </PopoverTrigger>
      <PopoverBody align="end" label={words.COLUMNS} className="w-52 p-2">
        {COLUMNS.map((name) => (
          <label key={name} className="flex min-h-8 cursor-pointer items-center gap-2 rounded-control px-2 text-14 hover:bg-hover pointer-coarse:min-h-11">
            <input
              type="checkbox"
              checked={columns.includes(name)}
              onChange={(event) => keep(event.target.checked ? [...columns, name] : columns.filter((one) => one !== name))}
              className="size-4 accent-accent"
            />
            {wordOf(name, words)}
          </label>
        ))}
      </PopoverBody>
    </Popover>
  );
}

export function ContactFilters({ tags, words }) {
  const { query, text, set, type, forget } = useFilters("/contacts", PAUSE_MS);
  const field = useRef(null);
  const pick = (name, label, options, className = "") => (
    <select
      aria-label={label}
      value={query.get(name) ?? ""}
      onChange={(event) => set({ [name]: event.target.value })}
      className={`${FIELD} ${className}`}
    >
      {options.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  );
  return (
    <div role="search" className="grid grid-cols-3 items-center gap-2 sm:flex sm:flex-wrap">
      <Hotkey keys="/" onPress={() => field.current?.focus()} />
      <input
        ref={field}
        type="search"
        value={text}
        aria-label={words.SEARCH}
        placeholder={words.SEARCH}
        onChange={(event) => type(event.target.value)}
        className={`${FIELD} col-span-3 w-80 max-w-full max-sm:w-full`}
      />
      {pick("show", words.SHOW, [
        ["", words.SHOW_ALL],
        ["opted_out", words.SHOW_OPTED_OUT],
        ["blocked", words.SHOW_BLOCKED],
        ["whitelisted", words.SHOW_WHITELISTED],
        ["deleted", words.SHOW_DELETED],
      ])}
      {tags.length
        ? pick("tag", words.TAG, [["", words.ANY_TAG], ...tags.map((tag) => [tag.id, tag.name])], "max-w-40")
        : null}
      {pick(
        "sort",
        words.SORT,
        [
          ["", words.NAME],
          ["-last_contact", words.LAST_CONTACT],
          ["-created_at", words.CREATED],
          ["company", words.COMPANY],
        ],
        "md:hidden",
      )}
      {FILTERS.some((name) => query.get(name)) ? (
        <Link to="/contacts" replace onClick={forget} className={`${SECONDARY} h-8`}>
          {words.CLEAR_FILTERS}
        </Link>
      ) : null}
      <span className="ml-auto max-md:hidden" />
      <ColumnMenu words={words} />
    </div>
  );
}

// The file holds what the filters show, in their order.
export function ExportLink({ words }) {
  const query = useQuery();
  const asked = new URLSearchParams([...query].filter(([name, value]) => [...FILTERS, "sort"].includes(name) && value));
  return (
    <a href={`/api/contacts/export${asked.size ? `?${asked}` : ""}`} download className={`${SECONDARY} h-8 max-sm:hidden`}>
      <Icon as={FileDown} />
      {words.EXPORT}
    </a>
  );
}
