// Who else is at this conversation, and telling them that we are. Nothing of it is stored.
import { useEffect, useRef } from "react";
import { Avatar } from "$/public/external/pages/inbox/parts/marks.jsx";

const EVERY_MS = 20_000;
const WRITING_MS = 4_000;

// Says `here` while the tab is looked at, and `gone` when it leaves.
export function usePresence(conversationId, onHere) {
  const tell = useRef(onHere);
  tell.current = onHere;
  useEffect(() => {
    if (!conversationId) return undefined;
    const here = () => document.visibilityState === "visible" && tell.current?.(conversationId, "here");
    here();
    const timer = setInterval(here, EVERY_MS);
    document.addEventListener("visibilitychange", here);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", here);
      tell.current?.(conversationId, "gone");
    };
  }, [conversationId]);
}

// Returns what to call with each key: at most one message in `WRITING_MS` comes of it.
export function useWriting(conversationId, onHere) {
  const last = useRef(0);
  return () => {
    const now = Date.now();
    if (now - last.current < WRITING_MS) return;
    last.current = now;
    onHere?.(conversationId, "writes");
  };
}

export function Others({ others, words }) {
  const shown = others.slice(0, 3);
  const said = others.map((one) => (one.is_writing ? words.OTHER_WRITES : words.OTHER_LOOKS).replace("{name}", one.name));
  return (
    <>
      {shown.length ? (
        <span className="flex shrink-0 -space-x-1.5" title={said.join("\n")}>
          {shown.map((one) => (
            <span
              key={one.user_id}
              className={`inline-flex rounded-full ring-2 ${one.is_writing ? "animate-breathe ring-accent" : "ring-canvas"}`}
            >
              <Avatar name={one.name} size="sm" />
            </span>
          ))}
        </span>
      ) : null}
      <span role="status" className="sr-only">
        {said.join(". ")}
      </span>
    </>
  );
}

// Over the reply box: who writes right now.
export function Writing({ others, visitor, name, words }) {
  const writers = others.filter((one) => one.is_writing);
  const lines = [
    ...writers.map((one) => words.OTHER_WRITES.replace("{name}", one.name)),
    ...(visitor ? [words.VISITOR_WRITES.replace("{name}", name)] : []),
  ];
  return (
    <p aria-live="polite" className="h-4 truncate text-12 text-muted">
      {lines.join(" · ")}
    </p>
  );
}
