// The tags of a conversation: those it has, those it can get, and a new one.
import { useState } from "react";
import Tag from "lucide-react/dist/esm/icons/tag.mjs";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { SMALL_BUTTON } from "$/public/external/pages/inbox/parts/bubble.jsx";

export function TagMenu({ own, tags, words, className, open, onOpen, onSet, onMake }) {
  const [text, setText] = useState("");
  const asked = text.trim().toLowerCase();
  const found = tags.filter((tag) => tag.name.toLowerCase().includes(asked));
  const isNew = asked && !tags.some((tag) => tag.name.toLowerCase() === asked);
  return (
    <Popover open={open} onOpenChange={onOpen}>
      <PopoverTrigger label={words.TAGS} className={className}>
        <Icon as={Tag} />
      </PopoverTrigger>
      <PopoverBody align="end" label={words.TAGS} className="w-64 p-2">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (isNew) onMake?.(text.trim());
            else if (found[0]) onSet(found[0].id, !own.includes(found[0].id));
            setText("");
          }}
        >
          <input
            value={text}
            maxLength={40}
            aria-label={words.TAG_FIND}
            placeholder={words.TAG_FIND}
            onChange={(event) => setText(event.target.value)}
            className="h-8 w-full rounded-control border border-control bg-canvas px-2 text-14 text-ink pointer-coarse:h-11 pointer-coarse:text-16"
          />
        </form>
        <ul className="mt-1 max-h-64 overflow-y-auto">
          {found.map((tag) => (
            <li key={tag.id}>
              <label className="flex min-h-8 cursor-pointer items-center gap-2 rounded-control px-2 text-14 hover:bg-hover pointer-coarse:min-h-11">
                <input
                  type="checkbox"
                  checked={own.includes(tag.id)}
                  onChange={(event) => onSet(tag.id, event.target.checked)}
                  className="size-4 accent-accent"
                />
                <span className="truncate">{tag.name}</span>
              </label>
            </li>
          ))}
        </ul>
        {!found.length && !isNew ? <p className="px-2 py-1 text-13 text-muted">{words.TAG_NONE}</p> : null}
        {isNew ? (
          <button type="button" onClick={() => onMake?.(text.trim())} className={`${SMALL_BUTTON} w-full text-accent-ink hover:bg-hover`}>
            {words.TAG_MAKE.replace("{name}", text.trim())}
          </button>
        ) : null}
      </PopoverBody>
    </Popover>
  );
}

export function TagPills({ own, tags }) {
  const known = tags.filter((tag) => own.includes(tag.id));
  return known.map((tag) => (
    <span key={tag.id} className="inline-flex h-5 max-w-32 shrink-0 items-center rounded-full bg-hover px-2 text-12 font-medium text-muted">
      <span className="truncate">{tag.name}</span>
    </span>
  ));
}
