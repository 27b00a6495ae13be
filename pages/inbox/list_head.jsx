// Over the list: search, the views, every filter, and what the person wants to be told. The filter is the address.
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router";
import AtSign from "lucide-react/dist/esm/icons/at-sign.mjs";
import Bell from "lucide-react/dist/esm/icons/bell.mjs";
import CheckSquare from "lucide-react/dist/esm/icons/square-check.mjs";
import ListFilter from "lucide-react/dist/esm/icons/list-filter.mjs";
import Search from "lucide-react/dist/esm/icons/search.mjs";
import SquarePen from "lucide-react/dist/esm/icons/square-pen.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Hotkey } from "$/public/external/pages/components/hotkeys/hotkeys.jsx";
import { Menu, MenuChoice, MenuList, MenuTrigger } from "$/public/external/pages/components/menu/menu.jsx";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { Tip } from "$/public/external/pages/components/tooltip/tooltip.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { FILTER_NAMES, FilterChips, FilterPanel, SavedViews } from "$/public/external/pages/inbox/parts/filter_panel.jsx";
import { startSelecting, stopSelecting, useSelection } from "$/public/external/pages/inbox/parts/selection.jsx";

// Found rows are to be drawn within 300 ms of the last letter (tests/bench/painted.py), and this is the first third.
const PAUSE_MS = 100;
const SQUARE =
  "inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover aria-pressed:bg-selected aria-pressed:text-ink pointer-coarse:size-11";

function SearchField({ asked, words, onSearch }) {
  const [text, setText] = useState(asked);
  const field = useRef(null);
  const pause = useRef(0);
  // What was filtered while the words waited stays.
  const latest = useRef(onSearch);
  latest.current = onSearch;
  useEffect(() => {
    if (document.activeElement !== field.current) setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(pause.current), []);
  const search = (value) => {
    setText(value);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => latest.current(value.trim()), PAUSE_MS);
  };
  return (
    <div role="search" className="relative min-w-0 flex-1">
      <Hotkey keys="/" onPress={() => field.current?.focus()} />
      <span className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-muted">
        <Icon as={Search} />
      </span>
      <input
        ref={field}
        type="search"
        value={text}
        aria-label={words.SEARCH_LABEL}
        placeholder={words.SEARCH}
        onChange={(event) => search(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (text) search("");
          else field.current.blur();
        }}
        className="h-8 w-full rounded-control border border-transparent bg-hover pr-8 pl-8 text-14 text-ink focus-visible:border-control focus-visible:bg-canvas focus-visible:outline-offset-0 pointer-coarse:h-11 pointer-coarse:text-16 [&::-webkit-search-cancel-button]:hidden"
      />
      {text ? (
        <button
          type="button"
          aria-label={words.CLEAR_SEARCH}
          onClick={() => {
            search("");
            field.current?.focus();
          }}
          className="absolute top-1/2 right-1 inline-flex size-6 -translate-y-1/2 items-center justify-center rounded-control text-muted hover:text-ink"
        >
          <Icon as={X} size={14} />
        </button>
      ) : null}
    </div>
  );
}

function Switch({ checked, text, hint, onChange }) {
  return (
    <label className="flex items-start gap-2.5 py-1.5 text-14 pointer-coarse:py-3">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} className="mt-0.5 size-4 shrink-0 accent-accent" />
      <span>
        {text}
        <span className="block text-13 text-muted">{hint}</span>
      </span>
    </label>
  );
}

// Sound, notes of the desktop and being away. The browser must allow notes before they can be switched on.
function Reach({ hasSound, hasDesktop, hasMail, isAway, words, onSet }) {
  const [refused, setRefused] = useState(false);
  const desktop = async (on) => {
    if (on && (!("Notification" in window) || (await Notification.requestPermission()) !== "granted")) {
      setRefused(true);
      return;
    }
    setRefused(false);
    onSet?.("has_desktop", on);
  };
  return (
    <Popover>
      <PopoverTrigger label={words.REACH} className={SQUARE}>
        <Icon as={Bell} />
      </PopoverTrigger>
      <PopoverBody align="end" label={words.REACH} className="w-80 p-3">
        <h3 className="text-13 font-semibold">{words.REACH}</h3>
        <div className="mt-1">
          <Switch checked={hasSound} text={words.SOUND} hint={words.SOUND_HINT} onChange={(on) => onSet?.("has_sound", on)} />
          <Switch checked={hasDesktop} text={words.DESKTOP} hint={words.DESKTOP_HINT} onChange={desktop} />
          {refused ? (
            <p role="alert" className="text-13 text-danger-ink">
              {words.DESKTOP_REFUSED}
            </p>
          ) : null}
          <Switch checked={hasMail} text={words.MAIL} hint={words.MAIL_HINT} onChange={(on) => onSet?.("has_mail", on)} />
          <Switch checked={isAway} text={words.AWAY} hint={words.AWAY_HINT} onChange={(on) => onSet?.("is_away", on)} />
        </div>
      </PopoverBody>
    </Popover>
  );
}

export function ListHead(props) {
  const { agents, teams, tags, views: saved, errors, hasSound, hasDesktop, hasMail, isAway, words } = props;
  const { onNew, onSaveView, onShareView, onDeleteView, onReach } = props;
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const [open, setOpen] = useState(false);
  const selection = useSelection();
  const view = query.get("view") ?? "all";
  const status = query.get("status") ?? "open";
  const choices = { agents, teams, tags };

  const address = (changes, from = { pathname, search: query }) => {
    const next = new URLSearchParams(from.search);
    Object.entries(changes).forEach(([name, value]) => (value ? next.set(name, value) : next.delete(name)));
    if (!next.get("from") && !next.get("to")) next.delete("tz");
    const rest = next.toString();
    return from.pathname + (rest ? `?${rest}` : "");
  };
  // What was picked a moment ago may not be drawn yet: the address has it.
  const set = (changes) => navigate(address(changes, window.location), { replace: true });
  const views = [
    ["all", words.ALL],
    ["mine", words.MINE],
    ["unassigned", words.UNASSIGNED],
    ["unread", words.UNREAD_VIEW],
    ["mentions", <Icon key="at" as={AtSign} />, words.MENTIONS],
  ];
  const statuses = [
    ["open", words.OPEN],
    ["snoozed", words.SNOOZED],
    ["closed", words.CLOSED],
    ["any", words.ANY],
  ];
  const count = FILTER_NAMES.filter((name) => query.get(name)).length;
  return (
    <div className="shrink-0 border-b border-line px-3 pt-3">
      <Hotkey keys="c" onPress={() => onNew?.(true)} />
      <Hotkey keys="f" onPress={() => setOpen(true)} />
      <div className="flex items-center gap-0.5">
        <SearchField asked={query.get("q") ?? ""} words={words} onSearch={(q) => set({ q })} />
        <Popover open={open} onOpenChange={setOpen}>
          <PopoverTrigger
            label={count ? words.FILTERS_ON.replace("{n}", count) : words.FILTERS}
            className={`${SQUARE} relative ml-1 ${count ? "text-accent-ink" : ""}`}
          >
            <Icon as={ListFilter} />
          </PopoverTrigger>
          <PopoverBody align="start" label={words.FILTERS} className="w-84 p-3">
            <FilterPanel
              query={query}
              choices={choices}
              words={words}
              onSet={set}
              onClear={() => set(Object.fromEntries(FILTER_NAMES.map((name) => [name, ""])))}
            />
            <SavedViews
              views={saved}
              search={search}
              errors={errors}
              words={words}
              onOpen={(asked) => {
                setOpen(false);
                navigate(pathname + (asked ? `?${asked}` : ""));
              }}
              onSave={onSaveView}
              onShare={onShareView}
              onDelete={onDeleteView}
            />
            <Link to="/messages" className="mt-3 block border-t border-line pt-3 text-13 font-medium text-accent-ink hover:underline">
              {words.HISTORY}
            </Link>
          </PopoverBody>
        </Popover>
        <Tip text={words.SELECT} shortcut="X">
          <button
            type="button"
            aria-label={words.SELECT}
            aria-pressed={selection.on}
            onClick={() => (selection.on ? stopSelecting() : startSelecting())}
            className={SQUARE}
          >
            <Icon as={CheckSquare} />
          </button>
        </Tip>
        <Reach hasSound={hasSound} hasDesktop={hasDesktop} hasMail={hasMail} isAway={isAway} words={words} onSet={onReach} />
        <Tip text={words.NEW_MESSAGE} shortcut="C">
          <button type="button" aria-label={words.NEW_MESSAGE} onClick={() => onNew?.(true)} className={SQUARE}>
            <Icon as={SquarePen} />
          </button>
        </Tip>
      </div>
      <div className="mt-1 flex items-center gap-1">
        <nav aria-label={words.VIEWS} className="-mb-px flex min-w-0 flex-1 gap-3 overflow-x-auto px-1 md:max-lg:gap-1.5">
          {views.map(([key, word, label]) => (
            <Link
              key={key}
              to={address({ view: key === "all" ? "" : key })}
              replace
              aria-label={label}
              title={label}
              aria-current={view === key ? "page" : undefined}
              className={
                "inline-flex h-10 min-w-6 shrink-0 items-center justify-center border-b-2 text-13 font-medium -outline-offset-2 transition-colors pointer-coarse:h-11 " +
                (view === key ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink")
              }
            >
              {word}
            </Link>
          ))}
        </nav>
        <Menu>
          <MenuTrigger
            label={`${words.STATUS}: ${statuses.find(([key]) => key === status)?.[1] ?? words.OPEN}`}
            className={`inline-flex h-7 shrink-0 items-center rounded-control px-2 text-12 font-medium transition-colors hover:bg-hover data-[state=open]:bg-hover pointer-coarse:h-11 ${status === "open" ? "text-muted" : "text-accent-ink"}`}
          >
            {statuses.find(([key]) => key === status)?.[1] ?? words.OPEN}
          </MenuTrigger>
          <MenuList align="end">
            {statuses.map(([key, word]) => (
              <MenuChoice key={key} checked={status === key} onSelect={() => set({ status: key === "open" ? "" : key })}>
                {word}
              </MenuChoice>
            ))}
          </MenuList>
        </Menu>
      </div>
      <FilterChips query={query} choices={choices} words={words} onSet={set} />
    </div>
  );
}
