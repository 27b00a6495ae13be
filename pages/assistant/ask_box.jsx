// The box one asks in, and the log of the talk, which keeps its newest line in view unless the reader scrolled up.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import ArrowUp from "lucide-react/dist/esm/icons/arrow-up.mjs";
import Square from "lucide-react/dist/esm/icons/square.mjs";

const NEAR_PX = 80;

export function AskBox({ label, placeholder, hint, sendLabel, stopLabel, busy, asking, error, most, talk, onAsk, onStop }) {
  const [text, setText] = useState("");
  const area = useRef(null);
  const asked = useRef("");
  useLayoutEffect(() => {
    if (!area.current) return;
    area.current.style.height = "0";
    area.current.style.height = `${Math.min(area.current.scrollHeight, window.innerHeight * 0.3)}px`;
  }, [text]);
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) area.current?.focus();
  }, [talk]);
  // What was refused comes back, so that nobody writes it twice.
  useEffect(() => {
    if (error) setText((now) => now || asked.current);
  }, [error]);
  const ready = text.trim() !== "" && !busy && !asking;
  const send = () => {
    if (!ready) return;
    asked.current = text;
    onAsk?.(text);
    setText("");
  };
  const press = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const square =
    "inline-flex size-8 shrink-0 items-center justify-center rounded-control transition-colors pointer-coarse:size-11 ";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="flex items-end gap-2 rounded-card border border-control bg-canvas p-2 focus-within:border-accent">
        <textarea
          ref={area}
          value={text}
          rows={1}
          maxLength={most}
          aria-label={label}
          aria-describedby={error ? "ask-error" : "ask-hint"}
          aria-invalid={Boolean(error)}
          placeholder={placeholder}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          className="min-h-8 min-w-0 flex-1 resize-none bg-transparent px-1.5 py-1.5 text-14 text-ink transition-none outline-none placeholder:text-faint pointer-coarse:min-h-11 pointer-coarse:py-2.5 pointer-coarse:text-16"
        />
        {busy ? (
          <button
            type="button"
            aria-label={stopLabel}
            title={stopLabel}
            onClick={() => onStop?.()}
            className={square + "border border-control bg-canvas text-ink hover:bg-hover"}
          >
            <Square size={16} strokeWidth={1.75} aria-hidden="true" />
          </button>
        ) : (
          <button
            type="submit"
            aria-label={sendLabel}
            title={sendLabel}
            disabled={!ready}
            className={square + "bg-accent text-on-accent enabled:hover:bg-accent-hover disabled:opacity-50"}
          >
            <ArrowUp size={16} strokeWidth={1.75} aria-hidden="true" />
          </button>
        )}
      </div>
      {error ? (
        <p id="ask-error" role="alert" className="mt-1.5 text-13 text-danger-ink">
          {error}
        </p>
      ) : (
        <p id="ask-hint" className="mt-1.5 hidden text-12 text-faint md:block">
          {hint}
        </p>
      )}
    </form>
  );
}

export function TalkLog({ label, watch, className, children }) {
  const log = useRef(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (log.current && follows.current) log.current.scrollTop = log.current.scrollHeight;
  }, [watch, children]);
  useEffect(() => {
    if (!log.current) return undefined;
    // Cards grow when they are decided, and the box below when one writes.
    const seen = new ResizeObserver(() => {
      if (log.current && follows.current) log.current.scrollTop = log.current.scrollHeight;
    });
    seen.observe(log.current);
    if (log.current.firstElementChild) seen.observe(log.current.firstElementChild);
    return () => seen.disconnect();
  }, []);
  return (
    <div
      ref={log}
      role="log"
      aria-label={label}
      tabIndex={0}
      onScroll={(event) => {
        const box = event.currentTarget;
        follows.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      }}
      className={className}
    >
      {children}
    </div>
  );
}
