// The list of contacts: virtual rows under a head that sorts, chosen by keyboard or pointer; two lines on phones.
import { useEffect, useMemo, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Virtuoso } from "react-virtuoso";
import ArrowDown from "lucide-react/dist/esm/icons/arrow-down.mjs";
import ArrowUp from "lucide-react/dist/esm/icons/arrow-up.mjs";
import ChevronsUpDown from "lucide-react/dist/esm/icons/chevrons-up-down.mjs";
import CircleAlert from "lucide-react/dist/esm/icons/circle-alert.mjs";
import RotateCw from "lucide-react/dist/esm/icons/rotate-cw.mjs";
import SearchX from "lucide-react/dist/esm/icons/search-x.mjs";
import Trash from "lucide-react/dist/esm/icons/trash-2.mjs";
import Users from "lucide-react/dist/esm/icons/users.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { Avatar, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { BulkBar } from "$/public/external/pages/contacts/listing/bulk.jsx";
import { Cell, Marks, Nothing, ROW, Skeleton, Tags, calledOf } from "$/public/external/pages/contacts/listing/table_parts.jsx";
import { FILTERS, useColumns, wordOf } from "$/public/external/pages/contacts/listing/filters.jsx";

const WIDE = "(min-width: 768px)";
const WIDTHS = {
  phone: "8.5rem", email: "minmax(0,1.2fr)", company: "minmax(0,1fr)", job_title: "minmax(0,0.8fr)",
  city: "minmax(0,0.6fr)", country: "4rem", tags: "minmax(0,1fr)", last_contact: "6.5rem", created: "6.5rem",
};
// By which sort of the address a column is ordered, and which way first.
const SORTS = { name: "name", company: "company", last_contact: "-last_contact", created: "-created_at" };

function useWide() {
  const [wide, setWide] = useState(true);
  useEffect(() => {
    const media = window.matchMedia(WIDE);
    const tell = () => setWide(media.matches);
    tell();
    media.addEventListener("change", tell);
    return () => media.removeEventListener("change", tell);
  }, []);
  return wide;
}

export function ContactTable(props) {
  const { rows: first, older, hasMore, stage, failed, reference, total, tags, canEdit, words, time } = props;
  const { onMore, onTag, onDelete, onRestore, onRetry, onNew } = props;
  const [query] = useSearchParams();
  const navigate = useNavigate();
  const wide = useWide();
  const columns = useColumns();
  const list = useRef(null);
  const anchor = useRef("");
  const asked = useRef("");
  const [later, setLater] = useState([]);
  const [chosen, setChosen] = useState(() => new Set());
  const [every, setEvery] = useState(false);
  const [at, setAt] = useState(0);
  const filter = query.toString();
  const deleted = query.get("show") === "deleted";
  const sort = query.get("sort") || "name";

  // A first page that came anew ends what was below it; the filter decides whether what was chosen still means it.
  useEffect(() => {
    setLater([]);
    asked.current = "";
  }, [first]);
  useEffect(() => {
    setChosen(new Set());
    setEvery(false);
    setAt(0);
    list.current?.scrollTo({ top: 0 });
  }, [filter]);
  useEffect(() => {
    if (older?.key) setLater((known) => [...known, ...older.rows]);
  }, [older?.key]);
  const rows = useMemo(() => {
    const seen = new Set();
    return [...first, ...later].filter((row) => !seen.has(row.id) && seen.add(row.id));
  }, [first, later]);

  const more = () => {
    if (!hasMore || asked.current === `${older?.key} ${rows.length}`) return;
    asked.current = `${older?.key} ${rows.length}`;
    onMore?.();
  };
  const toggle = (id, shift) => {
    const ids = new Set(chosen);
    const from = rows.findIndex((row) => row.id === anchor.current);
    const to = rows.findIndex((row) => row.id === id);
    if (shift && from >= 0) rows.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((row) => ids.add(row.id));
    else if (!ids.delete(id)) ids.add(id);
    anchor.current = id;
    setChosen(ids);
    setEvery(false);
  };
  const clear = () => {
    setChosen(new Set());
    setEvery(false);
  };
  const focus = (next) => {
    const place = Math.min(Math.max(next, 0), rows.length - 1);
    setAt(place);
    list.current?.scrollIntoView({
      index: place,
      done: () => document.querySelector(`[data-contact="${rows[place]?.id}"]`)?.focus(),
    });
  };
  const press = (event, row, place) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.tagName === "INPUT") {
      if (!(event.target.tagName === "INPUT" && ["ArrowDown", "ArrowUp"].includes(event.key))) return;
    }
    const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, Home: -rows.length, End: rows.length, PageDown: 10, PageUp: -10 };
    if (event.key in steps) {
      event.preventDefault();
      if (event.shiftKey && Math.abs(steps[event.key]) === 1) {
        const next = rows[place + steps[event.key]];
        if (next) setChosen((ids) => new Set([...ids, row.id, next.id]));
      }
      focus(place + steps[event.key]);
    } else if (event.key === "Enter") {
      navigate(`/contacts/${row.id}`);
    } else if (event.key === " " || event.key === "x") {
      event.preventDefault();
      toggle(row.id, false);
    } else if (event.key === "Escape" && chosen.size) {
      event.stopPropagation();
      clear();
    }
  };
  const sortBy = (column) => {
    const next = new URLSearchParams(window.location.search);
    const usual = SORTS[column];
    const plain = usual.replace("-", "");
    const wanted = sort === usual ? (usual.startsWith("-") ? plain : `-${plain}`) : usual;
    if (wanted === "name") next.delete("sort");
    else next.set("sort", wanted);
    navigate(`/contacts${next.size ? `?${next}` : ""}`, { replace: true });
  };
  const head = (column) => {
    const word = wordOf(column, words);
    if (!SORTS[column]) return word;
    const plain = SORTS[column].replace("-", "");
    const order = sort.replace("-", "") !== plain ? "none" : sort.startsWith("-") ? "descending" : "ascending";
    const picture = { none: ChevronsUpDown, ascending: ArrowUp, descending: ArrowDown }[order];
    return (
      <button type="button" onClick={() => sortBy(column)} className="inline-flex min-h-6 items-center gap-1 rounded-control font-medium hover:text-ink">
        {word}
        <Icon as={picture} size={14} className={order === "none" ? "opacity-60" : ""} />
      </button>
    );
  };
  const orderOf = (column) => {
    if (!SORTS[column]) return undefined;
    if (sort.replace("-", "") !== SORTS[column].replace("-", "")) return "none";
    return sort.startsWith("-") ? "descending" : "ascending";
  };
  const grid = `2.5rem minmax(9rem,1.5fr) ${columns.map((column) => WIDTHS[column]).join(" ")}`;
  const tabbable = Math.min(at, rows.length - 1);

  const line = (place, row) => {
    const isChosen = every || chosen.has(row.id);
    const called = calledOf(row, words);
    const shared = {
      "data-contact": row.id,
      role: "row",
      "aria-selected": isChosen,
      "aria-rowindex": place + 2,
      tabIndex: place === tabbable ? 0 : -1,
      onKeyDown: (event) => press(event, row, place),
      onFocus: () => setAt(place),
      onClick: (event) => {
        if (event.target.closest("input,label")) return;
        if (event.shiftKey) toggle(row.id, true);
        else navigate(`/contacts/${row.id}`);
      },
    };
    const box = (
      <label className="flex h-full min-h-11 w-10 cursor-pointer items-center">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isChosen}
          aria-label={words.SELECT.replace("{name}", called)}
          onChange={(event) => toggle(row.id, event.nativeEvent.shiftKey)}
          className="size-4 accent-accent pointer-coarse:size-6"
        />
      </label>
    );
    if (!wide) {
      return (
        <div {...shared} style={{ height: ROW.narrow }} className="flex cursor-pointer items-center gap-2 border-b border-line px-4 -outline-offset-2 aria-selected:bg-selected">
          <span role="gridcell">{box}</span>
          <span role="rowheader" className="flex min-w-0 flex-1 flex-col">
            <span className="flex items-center gap-2">
              <span className="truncate font-medium">{called}</span>
              <Marks row={row} words={words} />
            </span>
            <span className="flex gap-2 truncate text-13 text-muted">
              {row.name ? row.phone_display || row.email : row.company}
            </span>
          </span>
          <span role="gridcell" className="flex shrink-0 flex-col items-end gap-1 text-12 text-faint">
            {row.last_at ? <Timestamp at={row.last_at} format="relative" {...time} /> : null}
            <Tags tags={row.tags.slice(0, 1)} />
          </span>
        </div>
      );
    }
    return (
      <div
        {...shared}
        style={{ height: ROW.wide, gridTemplateColumns: grid }}
        className="grid cursor-pointer items-center gap-x-4 border-b border-line px-6 -outline-offset-2 hover:bg-hover aria-selected:bg-selected"
      >
        <span role="gridcell" className="h-full">
          {box}
        </span>
        <span role="rowheader" className="flex min-w-0 items-center gap-3">
          <span className="shrink-0 max-lg:hidden">
            <Avatar name={row.name} size="sm" />
          </span>
          <span className={`truncate ${row.name ? "font-medium" : "text-muted"}`}>{row.name || words.UNNAMED}</span>
          <Marks row={row} words={words} />
        </span>
        {columns.map((column) => (
          <span key={column} role="gridcell" className="tabular @container min-w-0 truncate text-13 text-muted">
            <Cell column={column} row={row} time={time} />
          </span>
        ))}
      </div>
    );
  };

  if (stage === "loading" && failed && reference) {
    return (
      <Nothing icon={CircleAlert} title={words.FAILED} body={words.FAILED_SAFE} mark={[words.REFERENCE, reference]} danger>
        <button type="button" onClick={onRetry} className={SECONDARY}>
          <Icon as={RotateCw} />
          {words.RETRY}
        </button>
      </Nothing>
    );
  }
  if (stage === "loading") return <Skeleton words={words} wide={wide} />;
  if (!rows.length) {
    const isNew = stage === "new" && !FILTERS.some((name) => query.get(name));
    return isNew ? (
      <Nothing icon={Users} title={words.EMPTY_TITLE} body={words.EMPTY_BODY}>
        <button type="button" onClick={() => onNew?.(true)} className={SECONDARY}>
          {words.NEW}
        </button>
      </Nothing>
    ) : deleted && !FILTERS.some((name) => name !== "show" && query.get(name)) ? (
      <Nothing icon={Trash} title={words.NONE_DELETED_TITLE} body={words.NONE_DELETED_BODY} />
    ) : (
      <Nothing icon={SearchX} title={words.NONE_TITLE} body={words.NONE_BODY} />
    );
  }
  const allShown = chosen.size > 0 && rows.every((row) => chosen.has(row.id));
  return (
    <>
      {chosen.size || every ? (
        <BulkBar
          chosen={chosen}
          every={every}
          total={total}
          tags={tags}
          canEdit={canEdit}
          deleted={deleted}
          words={words}
          onEvery={() => setEvery(true)}
          onClear={clear}
          onTag={(...given) => {
            onTag?.(...given);
            clear();
          }}
          onDelete={(...given) => {
            onDelete?.(...given);
            clear();
          }}
          onRestore={(ids) => {
            onRestore?.(ids);
            clear();
          }}
        />
      ) : null}
      <div role="grid" aria-label={words.TITLE} aria-multiselectable="true" aria-rowcount={total >= 0 ? total + 1 : -1} className="flex min-h-0 flex-1 flex-col">
        <div role="row" aria-rowindex={1} style={wide ? { gridTemplateColumns: grid } : undefined} className={wide ? "grid h-9 shrink-0 items-center gap-x-4 border-b border-line bg-canvas px-6 text-12 font-medium text-muted" : "sr-only"}>
          <span role="columnheader">
            {wide ? (
              <label className="flex h-9 w-10 cursor-pointer items-center">
                <input
                  type="checkbox"
                  checked={allShown || every}
                  aria-label={words.SELECT_ALL}
                  onChange={() => (allShown || every ? clear() : setChosen(new Set(rows.map((row) => row.id))))}
                  className="size-4 accent-accent pointer-coarse:size-6"
                />
              </label>
            ) : (
              words.SELECTION
            )}
          </span>
          <span role="columnheader" aria-sort={orderOf("name")}>
            {wide ? head("name") : words.NAME}
          </span>
          {wide ? null : <span role="columnheader">{words.LAST_CONTACT}</span>}
          {(wide ? columns : []).map((column) => (
            <span key={column} role="columnheader" aria-sort={orderOf(column)} className="truncate">
              {head(column)}
            </span>
          ))}
        </div>
        <div className="min-h-0 flex-1">
          <Virtuoso
            ref={list}
            role="rowgroup"
            data={rows}
            fixedItemHeight={wide ? ROW.wide : ROW.narrow}
            computeItemKey={(_, row) => row.id}
            itemContent={line}
            endReached={more}
            increaseViewportBy={400}
            tabIndex={-1}
            className="h-full"
          />
        </div>
      </div>
      <p role="status" className="tabular shrink-0 border-t border-line px-4 py-2 text-12 text-muted md:px-6">
        {total < 0
          ? words.SHOWN.replace("{n}", rows.length.toLocaleString()).replace("{total}", "…")
          : total === 1
            ? words.COUNT_ONE
            : words.COUNT.replace("{n}", total.toLocaleString())}
      </p>
    </>
  );
}
