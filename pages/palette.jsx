// ⌘K: go to a page, a person, an agent or a conversation, or do something, by typing a few letters of it.
import { useEffect, useId, useMemo, useRef, useState } from "react";
import * as Radix from "@radix-ui/react-dialog";
import { useNavigate } from "react-router";
import ArrowRight from "lucide-react/dist/esm/icons/arrow-right.mjs";
import Bot from "lucide-react/dist/esm/icons/bot.mjs";
import MessageSquare from "lucide-react/dist/esm/icons/message-square.mjs";
import Search from "lucide-react/dist/esm/icons/search.mjs";
import Ticket from "lucide-react/dist/esm/icons/ticket.mjs";
import UserRound from "lucide-react/dist/esm/icons/user-round.mjs";
import Zap from "lucide-react/dist/esm/icons/zap.mjs";
import { Hotkey } from "$/public/external/pages/components/hotkeys/hotkeys.jsx";

const PAUSE_MS = 150;
const PICTURES = { page: ArrowRight, action: Zap, contact: UserRound, agent: Bot, conversation: MessageSquare, ticket: Ticket };
const plain = (text) =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();

// Letters in order count, the beginning of a word counts more: `in` finds Inbox before Settings.
function score(text, asked) {
  const found = plain(text).split(/\s+/).findIndex((word) => word.startsWith(asked));
  if (found >= 0) return 2 - found / 10;
  return plain(text).includes(asked) ? 1 : 0;
}

export function Palette({ places, actions, hits, asked, words, onFind }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const pause = useRef(0);
  const opener = useRef(null);
  const id = useId();
  const navigate = useNavigate();
  const wanted = plain(text.trim());

  const change = (next) => {
    if (next) opener.current = document.activeElement;
    setOpen(next);
    setText("");
    setActive(0);
  };
  useEffect(() => {
    clearTimeout(pause.current);
    if (!open || !text.trim()) return undefined;
    pause.current = setTimeout(() => onFind?.(text.trim()), PAUSE_MS);
    return () => clearTimeout(pause.current);
  }, [text, open]);

  const groups = useMemo(() => {
    const fitting = (rows) =>
      wanted
        ? rows
            .map((row) => [score(row.label, wanted), row])
            .filter(([points]) => points)
            .sort((a, b) => b[0] - a[0])
            .map(([, row]) => row)
        : rows;
    const fresh = wanted && plain(asked) === wanted ? hits : hits.filter((hit) => wanted && score(hit.label, wanted));
    const of = (kind) => fresh.filter((hit) => hit.kind === kind);
    return [
      [words.PAGES, fitting(places.map((place) => ({ kind: "page", hint: "", ...place })))],
      [words.ACTIONS, fitting(actions.map((action) => ({ kind: "action", hint: "", ...action })))],
      [words.CONTACTS, of("contact")],
      [words.AGENTS, of("agent")],
      [words.CONVERSATIONS, of("conversation")],
      [words.TICKETS, of("ticket")],
    ].filter(([, rows]) => rows.length);
  }, [wanted, hits, asked]);
  const flat = groups.flatMap(([, rows]) => rows);
  const at = Math.min(active, Math.max(flat.length - 1, 0));
  useEffect(() => {
    if (open) document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at, open]);

  const run = (row) => {
    if (!row) return;
    // The page it leads to decides where the focus goes.
    opener.current = null;
    change(false);
    if (row.event) setTimeout(() => window.dispatchEvent(new CustomEvent(row.event, { detail: row.detail })), 50);
    else navigate(row.to);
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && flat.length) {
      event.preventDefault();
      setActive((at + step + flat.length) % flat.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(flat[at]);
    }
  };
  let place = -1;
  return (
    <>
      <Hotkey keys="mod+k" whileTyping onPress={() => change(true)} />
      <Radix.Root open={open} onOpenChange={change}>
        <Radix.Portal>
          <Radix.Overlay className="fixed inset-0 z-40 animate-enter bg-veil" />
          <Radix.Content
            aria-describedby=""
            onCloseAutoFocus={(event) => {
              event.preventDefault();
              opener.current?.isConnected && opener.current.focus();
            }}
            className="fixed inset-x-2 top-2 z-40 mx-auto flex max-h-[80dvh] max-w-136 animate-enter flex-col overflow-hidden rounded-card border border-line bg-raised text-14 text-ink shadow-float outline-none md:top-[12dvh] md:max-h-[64dvh]"
          >
            <Radix.Title className="sr-only">{words.TITLE}</Radix.Title>
            <label className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-4">
              <Search size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
              <input
                value={text}
                role="combobox"
                aria-expanded="true"
                aria-controls={`${id}-list`}
                aria-activedescendant={flat.length ? `${id}-${at}` : undefined}
                aria-label={words.TITLE}
                placeholder={words.HINT}
                onChange={(event) => {
                  setText(event.target.value);
                  setActive(0);
                }}
                onKeyDown={onKeyDown}
                className="h-full min-w-0 flex-1 bg-transparent text-16 text-ink outline-none placeholder:text-faint"
              />
            </label>
            <div id={`${id}-list`} role="listbox" aria-label={words.TITLE} className="min-h-0 flex-1 overflow-y-auto p-1.5">
              {groups.map(([title, rows]) => (
                <div key={title} role="group" aria-label={title}>
                  <p aria-hidden="true" className="px-2.5 pt-2 pb-1 text-12 font-medium text-muted">
                    {title}
                  </p>
                  {rows.map((row) => {
                    place += 1;
                    const mine = place;
                    const Picture = PICTURES[row.kind];
                    return (
                      <div
                        key={`${row.kind}${row.to ?? row.event}${row.label}`}
                        id={`${id}-${mine}`}
                        role="option"
                        aria-selected={mine === at}
                        onPointerMove={() => mine !== at && setActive(mine)}
                        onClick={() => run(row)}
                        className={`flex min-h-9 cursor-pointer items-center gap-3 rounded-control px-2.5 pointer-coarse:min-h-11 ${mine === at ? "bg-hover" : ""}`}
                      >
                        <Picture size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
                        <span className="max-w-full shrink-0 truncate">{row.label}</span>
                        <span className="min-w-0 flex-1 truncate text-13 text-muted">{row.hint}</span>
                        {row.keys ? <kbd className="font-sans text-12 text-faint">{row.keys}</kbd> : null}
                      </div>
                    );
                  })}
                </div>
              ))}
            </div>
            <p role="status" className={flat.length ? "sr-only" : "px-4 pb-4 text-13 text-muted"}>
              {flat.length ? words.FOUND.replace("{n}", flat.length) : words.NOTHING}
            </p>
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </>
  );
}
