// The conversation list: virtual rows, patched live, that stay in place while a pointer rests on them.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import { Virtuoso } from "react-virtuoso";
import ArrowUp from "lucide-react/dist/esm/icons/arrow-up.mjs";
import CircleAlert from "lucide-react/dist/esm/icons/circle-alert.mjs";
import Inbox from "lucide-react/dist/esm/icons/inbox.mjs";
import RotateCw from "lucide-react/dist/esm/icons/rotate-cw.mjs";
import SearchX from "lucide-react/dist/esm/icons/search-x.mjs";
import { Hotkey } from "$/public/external/pages/components/hotkeys/hotkeys.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { ROW_HEIGHT, Row } from "$/public/external/pages/inbox/parts/row.jsx";
import { selectWith, startSelecting, toggleSelected, useSelection } from "$/public/external/pages/inbox/parts/selection.jsx";
import { usePatched } from "$/public/external/pages/inbox/parts/live.jsx";

const byTime = (a, b) =>
  a.last_at === b.last_at ? (a.id < b.id ? 1 : -1) : a.last_at < b.last_at ? 1 : -1;

const index = (rows) => new Map(rows.map((row) => [row.id, row]));

function applyPatch(rows, patch) {
  // Of a search only what is shown is kept up to date: whether it would be found, the server knows.
  if (patch.known && !rows.has(patch.row.id)) return rows;
  const next = new Map(rows);
  // What was found in a conversation is not said again with each change.
  const kept = patch.row && rows.get(patch.row.id);
  if (kept?.match && !patch.row.match) patch.row = { ...patch.row, match: kept.match, match_seq: kept.match_seq };
  if (patch.row) next.set(patch.row.id, patch.row);
  else if (next.has(patch.gone)) next.set(patch.gone, { ...next.get(patch.gone), leaving: true });
  return next;
}

function Skeleton({ words }) {
  return (
    <div role="status">
      <span className="sr-only">{words.LOADING}</span>
      {["w-28", "w-40", "w-32", "w-24", "w-36", "w-44", "w-28"].map((width, key) => (
        <div key={key} aria-hidden="true" style={{ height: ROW_HEIGHT }} className="flex items-center gap-3 px-4">
          <span className="size-9 shrink-0 animate-breathe rounded-full bg-skeleton" />
          <span className="flex flex-1 flex-col gap-2">
            <span className={`h-3.5 animate-breathe rounded-control bg-skeleton ${width}`} />
            <span className="h-3 w-full animate-breathe rounded-control bg-skeleton" />
          </span>
        </div>
      ))}
    </div>
  );
}

function Nothing({ icon, title, body, tone = "border border-line bg-sunken text-muted", children }) {
  return (
    <div role={icon === CircleAlert ? "alert" : undefined} className="flex flex-col items-start px-4 py-10">
      <span className={`inline-flex size-10 items-center justify-center rounded-card ${tone}`}>
        <Icon as={icon} size={20} />
      </span>
      <h2 className="mt-4 text-14 font-semibold">{title}</h2>
      <p className="mt-1 text-13 text-pretty text-muted">{body}</p>
      <div className="mt-4">{children}</div>
    </div>
  );
}

const BUTTON =
  "inline-flex h-8 items-center gap-2 rounded-control border border-control bg-canvas px-3 text-14 font-medium text-ink hover:bg-hover pointer-coarse:min-h-11";

export function ConversationList({ rows: first, feed, older, hasMore, stage, reference, phoneUrl, words, time, onMore, onResync }) {
  const params = useParams();
  const openId = params.open_conversation ?? "";
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const virtuoso = useRef(null);
  const firstRows = useMemo(() => index(first), [first]);
  const [known, setKnown] = usePatched(firstRows, feed, applyPatch, onResync);
  const [held, setHeld] = useState(null);
  const inside = useRef(false);
  const atTop = useRef(true);
  const asked = useRef("");
  const selection = useSelection();

  const sorted = useMemo(
    () =>
      [...known.values()].filter((row) => !row.leaving || row.id === openId).sort(byTime),
    [known, openId],
  );
  const hold = useCallback(
    (rows) => ({ order: rows.map((row) => row.id), at: new Map(rows.map((row) => [row.id, row.last_at])) }),
    [],
  );
  const latest = useRef(sorted);
  latest.current = sorted;
  const settle = () => setHeld(inside.current || !atTop.current ? (now) => now ?? hold(latest.current) : null);

  const shown = useMemo(() => {
    if (!held) return sorted;
    const byId = index(sorted);
    return held.order.map((id) => byId.get(id)).filter(Boolean);
  }, [held, sorted]);
  const waiting = held ? sorted.filter((row) => row.id !== openId && held.at.get(row.id) !== row.last_at).length : 0;

  // A page of a search may be empty and yet not the last one.
  useEffect(() => {
    if (stage === "ready" && hasMore && known.size < 10) more();
  }, [stage, hasMore, older?.key]);

  // Another filter or a reload starts from the top; held places belonged to the old list.
  useEffect(() => {
    setHeld(null);
    asked.current = "";
    virtuoso.current?.scrollTo({ top: 0 });
  }, [feed?.epoch]);

  useEffect(() => {
    if (!older?.key || !older.rows.length) return;
    setKnown((rows) => {
      const next = new Map(rows);
      older.rows.forEach((row) => next.has(row.id) || next.set(row.id, row));
      return next;
    });
    setHeld((now) => {
      if (!now) return now;
      const more = older.rows.filter((row) => !now.at.has(row.id));
      const at = new Map(now.at);
      more.forEach((row) => at.set(row.id, row.last_at));
      return { order: [...now.order, ...more.map((row) => row.id)], at };
    });
  }, [older?.key]);

  const showNew = () => {
    setHeld(inside.current ? hold(latest.current) : null);
    virtuoso.current?.scrollTo({ top: 0 });
  };
  const order = useRef([]);
  const select = useCallback((id, shift) => selectWith(id, shift, order.current), []);
  order.current = shown.map((row) => row.id);
  const more = () => {
    const mark = `${feed?.epoch} ${older?.key}`;
    if (!hasMore || asked.current === mark) return;
    asked.current = mark;
    onMore?.();
  };

  const open = (step) => {
    const at = shown.findIndex((row) => row.id === openId);
    const next = shown[at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1)];
    if (!next || next.id === openId) return;
    navigate(`/inbox/${next.id}${search}`);
    virtuoso.current?.scrollIntoView({ index: shown.indexOf(next) });
  };
  const move = (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -shown.length, End: shown.length };
    const step = steps[event.key];
    const id = event.target.closest("[data-row]")?.dataset.row;
    if (!step || !id || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const at = shown.findIndex((row) => row.id === id);
    const next = Math.min(Math.max(at + step, 0), shown.length - 1);
    virtuoso.current?.scrollIntoView({
      index: next,
      done: () => {
        const row = document.querySelector(`[data-row="${shown[next].id}"]`);
        (row?.querySelector("input") ?? row)?.focus();
      },
    });
  };

  const tabbableId = shown.some((row) => row.id === openId) ? openId : shown[0]?.id;
  const filtered = /[?&](?!tz=)\w+=/.test(search);
  let body;
  if (stage === "loading") body = <Skeleton words={words} />;
  else if (stage === "failed") {
    body = (
      <Nothing
        icon={CircleAlert}
        title={words.ERROR_TITLE}
        body={words.ERROR_BODY}
        tone="bg-danger-soft text-danger-ink"
      >
        <p className="-mt-1 mb-4 text-12 text-muted">
          {words.REFERENCE} <code className="font-mono text-ink select-all">{reference}</code>
        </p>
        <button type="button" onClick={onResync} className={BUTTON}>
          <Icon as={RotateCw} />
          {words.RETRY}
        </button>
      </Nothing>
    );
  } else if (!shown.length && !waiting && stage === "new") {
    body = (
      <Nothing icon={Inbox} title={words.NEW_TITLE} body={phoneUrl ? words.NEW_BODY_SANDBOX : words.NEW_BODY}>
        {phoneUrl ? (
          <a href={phoneUrl} target="_blank" rel="noreferrer" className={BUTTON}>
            {words.NEW_PHONE}
          </a>
        ) : (
          <Link to="/agents" className={BUTTON}>
            {words.NEW_AGENTS}
          </Link>
        )}
      </Nothing>
    );
  } else if (!shown.length && !waiting) {
    body = (
      <Nothing
        icon={filtered ? SearchX : Inbox}
        title={filtered ? words.NONE_MATCH_TITLE : words.DONE_TITLE}
        body={filtered ? words.NONE_MATCH_BODY : words.DONE_BODY}
      >
        <Link to={filtered ? pathname : `${pathname}?status=any`} className={BUTTON}>
          {filtered ? words.CLEAR_FILTERS : words.SHOW_CLOSED}
        </Link>
      </Nothing>
    );
  } else {
    body = (
      <Virtuoso
        ref={virtuoso}
        tabIndex={-1}
        data={shown}
        fixedItemHeight={ROW_HEIGHT}
        computeItemKey={(_, row) => row.id}
        increaseViewportBy={ROW_HEIGHT * 6}
        endReached={more}
        atTopStateChange={(top) => {
          atTop.current = top;
          settle();
        }}
        components={{ List: ListBox, Item: ListItem, Footer: hasMore ? Loading : End }}
        context={{ words }}
        itemContent={(_, row) => (
          <Row
            row={row}
            isOpen={row.id === openId}
            tabbable={row.id === tabbableId}
            search={search}
            selecting={selection.on}
            selected={selection.all || selection.ids.has(row.id)}
            words={words}
            time={time}
            onSelect={select}
          />
        )}
      />
    );
  }
  return (
    <section
      aria-label={words.LIST}
      className="relative min-h-0 flex-1"
      onKeyDown={move}
      onPointerEnter={(event) => {
        if (event.pointerType !== "mouse") return;
        inside.current = true;
        settle();
      }}
      onPointerLeave={() => {
        inside.current = false;
        settle();
      }}
    >
      <Hotkey keys="x" onPress={() => (openId ? toggleSelected(openId) : startSelecting())} />
      <Hotkey keys="j" onPress={() => open(1)} />
      <Hotkey keys="k" onPress={() => open(-1)} />
      {waiting ? (
        <div className="pointer-events-none absolute inset-x-0 top-0 z-10 flex -translate-y-1/2 justify-center">
          <button
            type="button"
            onClick={showNew}
            className="pointer-events-auto inline-flex h-7 animate-enter items-center gap-1.5 rounded-full bg-accent px-3 text-13 font-medium text-on-accent shadow-float hover:bg-accent-hover pointer-coarse:h-11"
          >
            <Icon as={ArrowUp} size={14} />
            {words.WAITING.replace("{n}", waiting)}
          </button>
        </div>
      ) : null}
      {body}
    </section>
  );
}

function ListBox({ ref, context, ...props }) {
  return <div {...props} ref={ref} role="list" aria-label={context.words.LIST} />;
}
function ListItem({ context, item, ...props }) {
  return <div {...props} role="listitem" />;
}
function Loading({ context }) {
  return <p className="px-4 py-4 text-center text-12 text-muted">{context.words.LOADING}</p>;
}
function End({ context }) {
  return <p className="px-4 py-4 text-center text-12 text-faint">{context.words.END}</p>;
}
