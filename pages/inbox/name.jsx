// The name of the open conversation's person, changed in place.
import { useEffect, useRef, useState } from "react";
import Check from "lucide-react/dist/esm/icons/check.mjs";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

export const SQUARE =
  "inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover pointer-coarse:size-11";

// A choice that shows at once and gives way to what the server says, or after a while without an answer.
export function useOptimistic(value) {
  const [guess, setGuess] = useState(null);
  useEffect(() => setGuess(null), [value]);
  useEffect(() => {
    if (guess === null) return undefined;
    const timer = setTimeout(() => setGuess(null), 4000);
    return () => clearTimeout(timer);
  }, [guess]);
  return [guess ?? value, setGuess];
}

export function Name({ row, words, onRename }) {
  const shown = row.name || row.phone_display || words.UNKNOWN;
  const [editing, setEditing] = useState(false);
  const [text, setText] = useState("");
  const [name, setName] = useOptimistic(row.name);
  const button = useRef(null);
  const close = () => {
    setEditing(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  const save = () => {
    const next = text.trim().replace(/\s+/g, " ");
    if (next !== row.name) {
      setName(next);
      onRename?.(row.id, next);
    }
    close();
  };
  if (editing) {
    return (
      <form
        className="flex min-w-0 flex-1 items-center gap-1"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <input
          autoFocus
          value={text}
          maxLength={120}
          aria-label={words.NAME}
          placeholder={words.NAME}
          onChange={(event) => setText(event.target.value)}
          onBlur={(event) => event.relatedTarget?.type === "submit" || save()}
          onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), close())}
          className="h-7 w-48 min-w-0 rounded-control border border-control bg-canvas px-2 text-14 font-semibold text-ink pointer-coarse:h-11 pointer-coarse:text-16"
        />
        <button type="submit" aria-label={words.SAVE_NAME} className={SQUARE}>
          <Icon as={Check} />
        </button>
      </form>
    );
  }
  return (
    <h2 className="min-w-0">
      <button
        ref={button}
        type="button"
        title={words.RENAME}
        aria-label={`${name || shown}, ${words.RENAME}`}
        onClick={() => {
          setText(row.name);
          setEditing(true);
        }}
        className="-mx-1.5 block max-w-[calc(100%+0.75rem)] truncate rounded-control px-1.5 text-left text-14 font-semibold text-ink hover:bg-hover pointer-coarse:-my-3 pointer-coarse:min-h-11"
      >
        {name || shown}
      </button>
    </h2>
  );
}
