// Over the list: search, the four views and the status. All of it lives in the address.
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router";
import ListFilter from "lucide-react/dist/esm/icons/list-filter.mjs";
import Search from "lucide-react/dist/esm/icons/search.mjs";
import SquarePen from "lucide-react/dist/esm/icons/square-pen.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Hotkey } from "$/public/external/pages/components/hotkeys/hotkeys.jsx";
import { Menu, MenuChoice, MenuList, MenuTrigger } from "$/public/external/pages/components/menu/menu.jsx";
import { Tip } from "$/public/external/pages/components/tooltip/tooltip.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const PAUSE_MS = 200;
const SQUARE =
  "inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover pointer-coarse:size-11";

export function ListHead({ words, onNew }) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const view = query.get("view") ?? "all";
  const status = query.get("status") ?? "open";
  const asked = query.get("q") ?? "";
  const [text, setText] = useState(asked);
  const field = useRef(null);
  const pause = useRef(0);
  useEffect(() => {
    if (document.activeElement !== field.current) setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(pause.current), []);

  const address = (changes) => {
    const next = new URLSearchParams(query);
    Object.entries(changes).forEach(([name, value]) => (value ? next.set(name, value) : next.delete(name)));
    const rest = next.toString();
    return pathname + (rest ? `?${rest}` : "");
  };
  const search = (value) => {
    setText(value);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => navigate(address({ q: value.trim() }), { replace: true }), PAUSE_MS);
  };
  const views = [
    ["all", words.ALL],
    ["mine", words.MINE],
    ["unassigned", words.UNASSIGNED],
    ["unread", words.UNREAD_VIEW],
  ];
  const statuses = [
    ["open", words.OPEN],
    ["closed", words.CLOSED],
    ["any", words.ANY],
  ];
  return (
    <div className="shrink-0 border-b border-line px-3 pt-3">
      <Hotkey keys="/" onPress={() => field.current?.focus()} />
      <Hotkey keys="n" onPress={() => onNew?.(true)} />
      <div className="flex items-center gap-1">
        <div role="search" className="relative min-w-0 flex-1">
          <span className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-muted">
            <Icon as={Search} />
          </span>
          <input
            ref={field}
            type="search"
            value={text}
            aria-label={words.SEARCH}
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
        <Tip text={words.NEW_MESSAGE} shortcut="N">
          <button type="button" aria-label={words.NEW_MESSAGE} onClick={() => onNew?.(true)} className={SQUARE}>
            <Icon as={SquarePen} />
          </button>
        </Tip>
      </div>
      <div className="mt-1 flex items-center gap-1">
        <nav aria-label={words.VIEWS} className="-mb-px flex min-w-0 flex-1 gap-4 overflow-x-auto px-1">
          {views.map(([key, word]) => (
            <Link
              key={key}
              to={address({ view: key === "all" ? "" : key })}
              replace
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
            className={`${SQUARE} ${status === "open" ? "" : "text-accent-ink"}`}
          >
            <Icon as={ListFilter} />
          </MenuTrigger>
          <MenuList align="end">
            {statuses.map(([key, word]) => (
              <MenuChoice
                key={key}
                checked={status === key}
                onSelect={() => navigate(address({ status: key === "open" ? "" : key }), { replace: true })}
              >
                {word}
              </MenuChoice>
            ))}
          </MenuList>
        </Menu>
      </div>
    </div>
  );
}
