// Templates of messages: found by `/` and a few letters while writing.
import { useEffect } from "react";
import { Link } from "react-router";
import Users from "lucide-react/dist/esm/icons/users.mjs";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const FOOT =
  "flex min-h-9 flex-1 items-center rounded-control px-2 text-left text-13 font-medium text-accent-ink hover:bg-hover pointer-coarse:min-h-11";

// The word at the cursor when it begins with a slash and nothing stands before it on its line but space.
export function slashAt(text, cursor) {
  const before = text.slice(0, cursor);
  const found = /(^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(before);
  return found ? { asked: found[2].toLowerCase(), from: before.length - found[2].length - 1 } : null;
}

// What begins with the letters stands before what merely holds them.
export function matching(templates, asked) {
  const begins = (one) => one.shortcut.startsWith(asked) || one.title.toLowerCase().startsWith(asked);
  const holds = (one) => one.title.toLowerCase().includes(asked);
  const first = templates.filter(begins);
  return [...first, ...templates.filter((one) => !begins(one) && holds(one))].slice(0, 8);
}

export function TemplateList({ id, found, active, words, onPick, onNew }) {
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div className="absolute inset-x-0 bottom-full z-30 mb-1 max-h-72 overflow-y-auto rounded-card bg-raised p-1 shadow-float forced-colors:border">
      <ul id={id} role="listbox" aria-label={words.TEMPLATES}>
        {found.map((one, place) => (
          <li
            key={one.id}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === active}
            onPointerDown={(event) => {
              event.preventDefault();
              onPick(one);
            }}
            className={`flex cursor-pointer flex-col rounded-control px-2 py-1.5 ${place === active ? "bg-hover" : "hover:bg-hover"}`}
          >
            <span className="flex min-w-0 items-center gap-2 text-14">
              {one.shortcut ? <span className="shrink-0 font-medium">/{one.shortcut}</span> : null}
              <span className={`truncate ${one.shortcut ? "text-muted" : "font-medium"}`}>{one.title}</span>
              {one.is_shared ? <Icon as={Users} size={12} className="text-faint" /> : null}
              {one.is_shared ? <span className="sr-only">{words.TEMPLATES_OF_TEAM}</span> : null}
            </span>
            <span className="truncate text-13 text-muted">{one.filled}</span>
          </li>
        ))}
      </ul>
      {found.length ? null : <p className="px-2 py-1.5 text-13 text-muted">{words.TEMPLATES_NONE}</p>}
      <div className="mt-1 flex gap-1 border-t border-line pt-1">
        <button
          type="button"
          // Pressed by a pointer it leaves the cursor where it is.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onNew?.()}
          className={FOOT}
        >
          {words.TEMPLATES_NEW}
        </button>
        <Link to="/settings/templates" className={FOOT}>
          {words.TEMPLATES_ALL}
        </Link>
      </div>
    </div>
  );
}
