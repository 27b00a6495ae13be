// Callers for whom this browser rings: a card and a tone on whichever page it is, and who waits on /phone.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import PhoneCall from "lucide-react/dist/esm/icons/phone-call.mjs";
import PhoneIncoming from "lucide-react/dist/esm/icons/phone-incoming.mjs";
import PhoneOff from "lucide-react/dist/esm/icons/phone-off.mjs";
import * as desk from "$/public/external/pages/calls/parts/desk_line.js";
import { clock, useNow } from "$/public/external/pages/calls/parts/line_parts.jsx";
import { PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const SHOWN = 3;
const EVERY_MS = 3000;
const useDesk = () => useSyncExternalStore(desk.subscribe, desk.snapshot, desk.snapshot);
const nameOf = (row) => row.name || row.display;
const isBusy = (state) => ["dialling", "waiting", "open"].includes(state.stage);

// Two soft bursts every three seconds, made here: no file to load, and nothing a content policy would stop.
function useRingtone(isRinging) {
  useEffect(() => {
    if (!isRinging || typeof AudioContext === "undefined") return undefined;
    const context = new AudioContext();
    // Browsers stay silent until the person has touched the page once; from then on it is heard.
    context.resume().catch(() => {});
    const burst = (after) => {
      const at = context.currentTime + after;
      const gain = context.createGain();
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.07, at + 0.03);
      gain.gain.setValueAtTime(0.07, at + 0.37);
      gain.gain.linearRampToValueAtTime(0, at + 0.4);
      gain.connect(context.destination);
      for (const frequency of [440, 554]) {
        const tone = context.createOscillator();
        tone.frequency.value = frequency;
        tone.connect(gain);
        tone.start(at);
        tone.stop(at + 0.4);
      }
    };
    const ring = () => {
      if (context.state !== "running") return;
      burst(0);
      burst(0.55);
    };
    ring();
    const timer = setInterval(ring, EVERY_MS);
    return () => {
      clearInterval(timer);
      context.close();
    };
  }, [isRinging]);
}

// A note of the desktop while the page is in the background, for those who allowed it.
function useNote(row, title) {
  useEffect(() => {
    const isSeen = document.visibilityState === "visible" && document.hasFocus();
    if (!row || isSeen || !("Notification" in window) || Notification.permission !== "granted") return undefined;
    const note = new Notification(title, { body: [nameOf(row), row.service].join(" · "), tag: row.id });
    note.onclick = () => {
      window.focus();
      note.close();
    };
    return () => note.close();
  }, [row?.id]);
}

function answer(row, onAnswer, onJoin) {
  desk.begin(row.number, nameOf(row)).then((isReady) => isReady && (row.by ? onJoin?.(row.call, row.id) : onAnswer?.(row.id)));
}

export function Ringing({ rows, words, onAnswer, onJoin, onDecline }) {
  const state = useDesk();
  const first = useRef(null);
  const before = useRef(null);
  const [gone, setGone] = useState([]);
  const mine = isBusy(state) ? [] : rows.filter((row) => row.is_mine && !gone.includes(row.id));
  useRingtone(mine.length > 0);
  useNote(mine[0], words.INCOMING);
  useEffect(() => {
    if (!mine.length) return undefined;
    const go = (event) => {
      if (!event.altKey || event.code !== "KeyR") return;
      event.preventDefault();
      before.current = document.activeElement;
      first.current?.focus();
    };
    window.addEventListener("keydown", go);
    return () => {
      window.removeEventListener("keydown", go);
      // Whoever was typing when it rang goes on where they were.
      if (document.activeElement === document.body) before.current?.focus();
      before.current = null;
    };
  }, [mine.length > 0]);
  // What was declined is not shown until the answer comes; what left the list may come again.
  useEffect(() => setGone((before) => before.filter((id) => rows.some((row) => row.id === id && row.is_mine))), [rows]);
  const decline = (row) => {
    setGone([...gone, row.id]);
    onDecline?.(row.id, row.by ? row.call : "");
  };
  // There before it rings, so that a dialog does not hide it from those who listen to the page.
  return (
    <div aria-live="assertive">
      {mine.length ? <Cards rows={mine} first={first} words={words} onAnswer={(row) => answer(row, onAnswer, onJoin)} onDecline={decline} /> : null}
    </div>
  );
}

function Cards({ rows, first, words, onAnswer, onDecline }) {
  return (
    <section
      aria-label={words.INCOMING}
      data-beside-dialogs=""
      // A press leaves the keyboard where it is, in the middle of a word perhaps.
      onMouseDown={(event) => event.preventDefault()}
      className="pointer-events-auto fixed top-4 right-4 z-50 flex w-88 max-w-[calc(100vw-2rem)] flex-col gap-2 max-md:top-2"
    >
      {rows.slice(0, SHOWN).map((row, place) => (
        <div key={row.id} className="rounded-card border border-line bg-raised p-3 shadow-float">
          <div className="flex items-start gap-3">
            <span className="mt-0.5 inline-flex size-8 shrink-0 items-center justify-center rounded-full bg-success-soft text-success-ink motion-safe:animate-pulse">
              <Icon as={PhoneIncoming} />
            </span>
            <div className="min-w-0 flex-1">
              <p className="text-12 text-muted">{row.by ? words.ASKED_BY.replace("{name}", row.by) : words.INCOMING}</p>
              <p className="truncate text-14 font-semibold text-ink">{nameOf(row)}</p>
              <p className="truncate text-13 text-muted">
                {[row.name ? row.display : "", words.TO.replace("{number}", row.service), row.team && words.FOR_TEAM.replace("{team}", row.team)]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </div>
          </div>
          <div className="mt-3 grid grid-cols-2 gap-2">
            <button
              type="button"
              className={`${SECONDARY} h-9 justify-center pointer-coarse:h-11`}
              onClick={() => onDecline(row)}
            >
              <Icon as={PhoneOff} size={14} />
              {words.DECLINE}
            </button>
            <button
              type="button"
              ref={place ? undefined : first}
              title={place ? undefined : words.SHORTCUT}
              aria-keyshortcuts={place ? undefined : "Alt+R"}
              className={`${PRIMARY} h-9 justify-center pointer-coarse:h-11`}
              onClick={() => onAnswer(row)}
            >
              <Icon as={PhoneCall} size={14} />
              {row.by ? words.JOIN : words.ANSWER}
            </button>
          </div>
        </div>
      ))}
    </section>
  );
}

export function Queue({ rows: all, words, onTake }) {
  // A colleague's question is no caller who waits.
  const rows = all.filter((row) => !row.by);
  const state = useDesk();
  const now = useNow(rows.length > 0);
  if (!rows.length) return <p className="py-3 text-14 text-muted">{words.NOBODY}</p>;
  return (
    <ol className="divide-y divide-line">
      {rows.map((row, place) => (
        <li key={row.id} className="flex min-h-14 items-center gap-3 py-2">
          <span className="tabular w-5 shrink-0 text-13 text-muted">{place + 1}</span>
          <div className="min-w-0 flex-1">
            <p className="truncate text-14 font-medium text-ink">{nameOf(row)}</p>
            <p className="truncate text-13 text-muted">
              {[words.TO.replace("{number}", row.service), row.team && words.FOR_TEAM.replace("{team}", row.team)].filter(Boolean).join(" · ")}
            </p>
          </div>
          <span className="tabular shrink-0 text-13 text-muted" aria-label={words.WAITED.replace("{time}", clock(now - Date.parse(row.since)))}>
            {clock(now - Date.parse(row.since))}
          </span>
          {isBusy(state) ? (
            <span className="shrink-0 text-13 text-muted">{words.TAKEN}</span>
          ) : (
            <button
              type="button"
              aria-label={words.TAKE_NAME.replace("{name}", nameOf(row))}
              className={`${SECONDARY} h-8 shrink-0 pointer-coarse:h-11`}
              onClick={() => answer(row, onTake)}
            >
              <Icon as={PhoneCall} size={14} />
              {words.TAKE}
            </button>
          )}
        </li>
      ))}
    </ol>
  );
}
