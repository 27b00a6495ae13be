// The reply box: grows with the text, keeps it per conversation, counts texts, sends now or later.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import Ban from "lucide-react/dist/esm/icons/ban.mjs";
import Clock from "lucide-react/dist/esm/icons/clock.mjs";
import SendHorizontal from "lucide-react/dist/esm/icons/send-horizontal.mjs";
import { Hotkey } from "$/public/external/pages/components/hotkeys/hotkeys.jsx";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { useMedia } from "$/public/external/pages/inbox/parts/live.jsx";
import { PRIMARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { putInOutbox, readDraft, writeDraft } from "$/public/external/pages/inbox/parts/outbox.jsx";
import { countSegments } from "$/public/external/pages/inbox/parts/segments.jsx";

const MOST = 1600;
const ICON_BUTTON =
  "inline-flex size-8 items-center justify-center rounded-control text-muted transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover disabled:opacity-50 pointer-coarse:size-11";

// `YYYY-MM-DDTHH:MM` of a moment in the reader's zone, as a date-time field wants it.
function local(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

function presets(words) {
  const now = new Date();
  const hour = new Date(now.getTime() + 3_600_000);
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 9);
  const monday = new Date(now.getFullYear(), now.getMonth(), now.getDate() + ((8 - now.getDay()) % 7 || 7), 9);
  const times = [
    [words.IN_AN_HOUR, hour],
    [words.TOMORROW, tomorrow],
  ];
  return tomorrow.getDay() === 1 ? times : [...times, [words.MONDAY, monday]];
}

function Later({ words, disabled, onPick }) {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState("");
  const pick = (date) => {
    setOpen(false);
    onPick(date.toISOString());
  };
  const chosen = at ? new Date(at) : null;
  const valid = chosen && chosen.getTime() > Date.now();
  const format = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });
  // Nothing to plan yet: the button stays in place and says so, because a popover's own button cannot be disabled.
  if (disabled) {
    return (
      <button type="button" disabled aria-label={words.LATER} title={words.LATER} className={ICON_BUTTON}>
        <Icon as={Clock} />
      </button>
    );
  }
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger label={words.LATER} className={ICON_BUTTON}>
        <Icon as={Clock} />
      </PopoverTrigger>
      <PopoverBody align="end" label={words.LATER} className="w-72 p-3">
        <h3 className="px-1 text-13 font-semibold">{words.LATER}</h3>
        <div className="mt-2 flex flex-col">
          {presets(words).map(([word, date]) => (
            <button
              key={word}
              type="button"
              onClick={() => pick(date)}
              className="flex min-h-8 items-center justify-between gap-4 rounded-control px-1 text-14 hover:bg-hover pointer-coarse:min-h-11"
            >
              {word}
              <span className="text-12 text-muted">{format.format(date)}</span>
            </button>
          ))}
        </div>
        <form
          className="mt-2 flex flex-col gap-2 border-t border-line pt-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (valid) pick(chosen);
          }}
        >
          <label className="text-13 font-medium" htmlFor="send-later-at">
            {words.LATER_AT}
          </label>
          <input
            id="send-later-at"
            type="datetime-local"
            value={at}
            min={local(new Date())}
            onChange={(event) => setAt(event.target.value)}
            className="h-9 w-full rounded-control border border-control bg-canvas px-3 text-14 text-ink pointer-coarse:h-11 pointer-coarse:text-16"
          />
          {at && !valid ? <p className="text-13 text-danger-ink">{words.LATER_PAST}</p> : null}
          <button type="submit" disabled={!valid} className={PRIMARY}>
            {words.LATER_PLAN}
          </button>
        </form>
      </PopoverBody>
    </Popover>
  );
}

export function Composer(props) {
  if (!props.conversationId) return null;
  return <Box key={props.conversationId} {...props} />;
}

function From({ senders, sender, words, onChoose }) {
  return (
    <label className="flex min-w-0 items-center gap-1 text-12 text-muted">
      <span className="shrink-0">{words.FROM}</span>
      <select
        value={sender}
        onChange={(event) => onChoose?.(event.target.value)}
        className="h-6 max-w-40 min-w-0 truncate rounded-control bg-transparent text-12 font-medium text-ink hover:bg-hover pointer-coarse:h-11"
      >
        {senders.map((known) => (
          <option key={known.value} value={known.value}>
            {known.label}
          </option>
        ))}
      </select>
    </label>
  );
}

function Box({ conversationId, senders, sender, refusal, words, onSend, onChooseSender }) {
  const [text, setText] = useState(() => readDraft(conversationId));
  const field = useRef(null);
  const touch = useMedia("(pointer: coarse)");
  const size = countSegments(text);
  const tooLong = [...text].length > MOST || size.segments > 10;
  const ready = text.trim() !== "" && !tooLong && sender && !refusal;

  useEffect(() => {
    const reload = () => {
      setText(readDraft(conversationId));
      field.current?.focus();
    };
    window.addEventListener("magpipe:draft", reload);
    return () => window.removeEventListener("magpipe:draft", reload);
  }, [conversationId]);
  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "0";
    area.style.height = `${Math.min(area.scrollHeight, window.innerHeight * 0.4)}px`;
  }, [text]);

  const write = (next) => {
    setText(next);
    writeDraft(conversationId, next);
  };
  const send = (later = "") => {
    if (!ready) return;
    const clientId = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    const body = text.trim();
    putInOutbox(conversationId, { clientId, body, sender, later });
    onSend?.(conversationId, clientId, body, sender, later);
    write("");
    field.current?.focus();
  };
  const onKeyDown = (event) => {
    if (event.key === "Escape") field.current.blur();
    if (event.key !== "Enter" || event.nativeEvent.isComposing || event.shiftKey) return;
    // On a touch keyboard Enter is a new line; the button sends.
    if (touch && !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    send();
  };

  if (refusal) {
    return (
      <div className="shrink-0 border-t border-line px-4 py-3 md:px-6">
        <div role="status" className="mx-auto flex max-w-188 items-start gap-2.5 rounded-card bg-warning-soft px-3 py-2.5 text-13 text-warning-ink">
          <span className="mt-0.5">
            <Icon as={Ban} />
          </span>
          <div className="min-w-0">
            <p>{refusal}</p>
            {senders.length > 1 ? <From senders={senders} sender={sender} words={words} onChoose={onChooseSender} /> : null}
          </div>
        </div>
      </div>
    );
  }
  if (!senders.length) {
    return (
      <div className="shrink-0 border-t border-line px-4 py-3 md:px-6">
        <p role="status" className="mx-auto max-w-188 rounded-card bg-info-soft px-3 py-2.5 text-13 text-info-ink">
          {words.NO_NUMBER}
        </p>
      </div>
    );
  }
  const showCount = text.length > 100 || size.segments > 1 || (size.unicode && size.left < 20);
  const from = senders.find((known) => known.value === sender);
  return (
    <div data-part="composer" className="shrink-0 px-4 pt-2 pb-3 md:px-6">
      <Hotkey keys="r" onPress={() => field.current?.focus()} />
      <div className="mx-auto max-w-188 rounded-card border border-control bg-canvas transition-colors has-[textarea:focus-visible]:border-accent has-[textarea:focus-visible]:outline has-[textarea:focus-visible]:outline-accent">
        <textarea
          ref={field}
          value={text}
          rows={1}
          aria-label={words.REPLY}
          placeholder={words.REPLY_HINT}
          aria-describedby="composer-count"
          aria-invalid={tooLong || undefined}
          enterKeyHint={touch ? "enter" : "send"}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
          className="block max-h-[40dvh] min-h-10 w-full resize-none bg-transparent px-3 pt-2.5 text-14 text-ink outline-none pointer-coarse:text-16"
        />
        <div className="flex items-center gap-1 py-1 pr-1.5 pl-3">
          {senders.length > 1 ? (
            <From senders={senders} sender={sender} words={words} onChoose={onChooseSender} />
          ) : (
            <span className="min-w-0 truncate text-12 text-muted">
              {words.FROM} <span className="font-medium text-ink">{from?.label}</span>
            </span>
          )}
          <span
            id="composer-count"
            className={`tabular ml-auto truncate px-1 text-12 ${tooLong ? "text-danger-ink" : "text-muted"}`}
          >
            {tooLong
              ? words.TOO_LONG
              : showCount
                ? (size.segments === 1 ? words.ONE_TEXT : words.MANY_TEXTS)
                    .replace("{n}", size.segments)
                    .replace("{left}", size.left)
                : ""}
          </span>
          {!touch && text && !showCount ? <span className="hidden text-12 text-faint lg:inline">{words.KEYS}</span> : null}
          <Later words={words} disabled={!ready} onPick={send} />
          <button
            type="button"
            disabled={!ready}
            onClick={() => send()}
            aria-label={words.SEND}
            title={words.SEND}
            className="inline-flex h-8 items-center gap-1.5 rounded-control bg-accent px-3 text-14 font-medium text-on-accent transition-colors hover:bg-accent-hover disabled:bg-hover disabled:text-faint pointer-coarse:h-11"
          >
            <Icon as={SendHorizontal} />
            <span className="hidden sm:inline">{words.SEND}</span>
          </button>
        </div>
      </div>
    </div>
  );
}
