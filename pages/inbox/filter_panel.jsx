// Every filter of the list, and the filters kept under names. All of it is the address.
import { useId, useState } from "react";
import Trash2 from "lucide-react/dist/esm/icons/trash-2.mjs";
import Users from "lucide-react/dist/esm/icons/users.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { GHOST, PRIMARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

// In the order of the panel: the name in the address, and what it is called.
export function filtersOf(words, { agents, teams, tags }) {
  const named = (rows) => rows.map((row) => [row.id, row.name]);
  return [
    ["channel", words.CHANNEL, [["sms", words.TEXTS], ["chat", words.CHATS], ["call", words.CALLS], ["email", words.EMAILS]]],
    ["direction", words.DIRECTION, [["inbound", words.INBOUND], ["outbound", words.OUTBOUND]]],
    ["agent", words.AGENT, named(agents)],
    ["team", words.TEAM, named(teams)],
    ["tag", words.TAG, named(tags)],
    ["sentiment", words.SENTIMENT, [["positive", words.POSITIVE], ["neutral", words.NEUTRAL], ["negative", words.NEGATIVE]]],
    ["person", words.ATTENTION, [["1", words.NEEDS_PERSON], ["approval", words.AWAITS_APPROVAL]]],
  ];
}

export const FILTER_NAMES = ["channel", "direction", "agent", "team", "tag", "sentiment", "person", "from", "to"];

const FIELD =
  "h-8 w-full min-w-0 rounded-control border border-control bg-canvas px-2 text-14 text-ink pointer-coarse:h-11 pointer-coarse:text-16";

export function FilterPanel({ query, choices, words, onSet, onClear }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-2.5">
      {filtersOf(words, choices).map(([name, label, options]) =>
        options.length ? (
          <label key={name} className="grid grid-cols-[6rem_1fr] items-center gap-2 text-13">
            <span className="text-muted">{label}</span>
            <select value={query.get(name) ?? ""} onChange={(event) => onSet({ [name]: event.target.value })} className={FIELD}>
              <option value="">{words.ANYTHING}</option>
              {options.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </label>
        ) : null,
      )}
      <div className="grid grid-cols-[6rem_1fr] items-center gap-2 text-13" role="group" aria-labelledby={id}>
        <span id={id} className="text-muted">
          {words.LAST_MESSAGE}
        </span>
        <span className="flex flex-col gap-1.5">
          {[
            ["from", words.FROM_DAY],
            ["to", words.TO_DAY],
          ].map(([name, label]) => (
            <input
              key={name}
              type="date"
              aria-label={label}
              title={label}
              value={query.get(name) ?? ""}
              onChange={(event) =>
                onSet({ [name]: event.target.value, tz: Intl.DateTimeFormat().resolvedOptions().timeZone })
              }
              className={FIELD}
            />
          ))}
        </span>
      </div>
      <div className="flex justify-end">
        <button type="button" className={GHOST} onClick={onClear}>
          {words.CLEAR_FILTERS}
        </button>
      </div>
    </div>
  );
}

// What is filtered by, each with a way out.
export function FilterChips({ query, choices, words, onSet }) {
  const known = Object.fromEntries(filtersOf(words, choices).map(([name, label, options]) => [name, [label, options]]));
  const chips = FILTER_NAMES.filter((name) => query.get(name)).map((name) => {
    const value = query.get(name);
    if (name === "from" || name === "to") {
      const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
      const date = new Date(value);
      return [name, `${name === "from" ? words.FROM_DAY : words.TO_DAY} ${isNaN(date) ? value : day.format(date)}`];
    }
    const [label, options] = known[name];
    const word = options.find(([option]) => option === value)?.[1] ?? words.GONE;
    return [name, name === "person" ? word : `${label}: ${word}`];
  });
  if (!chips.length) return null;
  return (
    <ul aria-label={words.FILTERS} className="flex flex-wrap gap-1.5 pt-2 pb-2">
      {chips.map(([name, text]) => (
        <li key={name} className="inline-flex max-w-full items-center rounded-full bg-selected text-12 text-ink">
          <span className="truncate py-1 pl-2.5">{text}</span>
          <button
            type="button"
            aria-label={words.REMOVE_FILTER.replace("{name}", text)}
            onClick={() => onSet({ [name]: "" })}
            className="inline-flex size-6 shrink-0 items-center justify-center rounded-full text-muted hover:text-ink pointer-coarse:size-11"
          >
            <Icon as={X} size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}

// The saved views, and a name for the filter that is in force.
export function SavedViews({ views, search, errors, words, onOpen, onSave, onShare, onDelete }) {
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const query = new URLSearchParams(search);
  query.delete("tz");
  const save = (event) => {
    event.preventDefault();
    onSave?.(name, search.replace(/^\?/, ""), shared);
    if (name.trim()) setName("");
  };
  return (
    <section className="mt-3 border-t border-line pt-3">
      <h3 className="text-13 font-semibold">{words.SAVED_VIEWS}</h3>
      {views.length ? (
        <ul className="mt-1.5 flex max-h-48 flex-col overflow-y-auto">
          {views.map((view) => (
            <li key={view.id} className="flex items-center gap-1">
              <button
                type="button"
                onClick={() => onOpen(view.query)}
                className="flex min-h-8 min-w-0 flex-1 items-center gap-2 rounded-control px-2 text-left text-14 hover:bg-hover pointer-coarse:min-h-11"
              >
                <span className="truncate">{view.name}</span>
                {view.is_shared ? <Icon as={Users} size={14} className="text-muted" /> : null}
                {view.is_shared ? <span className="sr-only">{words.OF_TEAM}</span> : null}
              </button>
              {view.is_mine ? (
                <button type="button" className={`${GHOST} h-8`} onClick={() => onShare?.(view.id, !view.is_shared)}>
                  {view.is_shared ? words.UNSHARE : words.SHARE}
                </button>
              ) : null}
              {view.is_mine ? (
                <button
                  type="button"
                  aria-label={words.DELETE_VIEW.replace("{name}", view.name)}
                  onClick={() => onDelete?.(view.id)}
                  className="inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-danger-ink pointer-coarse:size-11"
                >
                  <Icon as={Trash2} size={14} />
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : (
        <p className="mt-1 text-13 text-muted">{words.NO_VIEWS}</p>
      )}
      {query.size ? (
        <form onSubmit={save} className="mt-2 flex flex-col gap-2">
          <label className="flex flex-col gap-1 text-13">
            <span className="text-muted">{words.VIEW_NAME}</span>
            <input
              value={name}
              maxLength={60}
              onChange={(event) => setName(event.target.value)}
              aria-invalid={errors.name ? true : undefined}
              className={FIELD}
            />
          </label>
          {errors.name ? (
            <p role="alert" className="text-13 text-danger-ink">
              {errors.name}
            </p>
          ) : null}
          <label className="flex items-center gap-2 text-13">
            <input type="checkbox" checked={shared} onChange={() => setShared(!shared)} className="size-4 accent-accent" />
            {words.SHARE_HINT}
          </label>
          <button type="submit" className={PRIMARY}>
            {words.SAVE_VIEW}
          </button>
        </form>
      ) : null}
    </section>
  );
}
