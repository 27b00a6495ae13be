// What can be done with chosen contacts: tag, untag, delete or restore, export.
import { useState } from "react";
import CircleMinus from "lucide-react/dist/esm/icons/circle-minus.mjs";
import Tag from "lucide-react/dist/esm/icons/tag.mjs";
import Trash from "lucide-react/dist/esm/icons/trash-2.mjs";
import Undo from "lucide-react/dist/esm/icons/undo-2.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

// As many as an address holds.
const MOST_IN_ADDRESS = 200;

function TagPicker({ label, sign, tags, words, canMake, onPick }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const asked = text.trim().toLowerCase();
  const found = tags.filter((tag) => tag.name.toLowerCase().includes(asked));
  const isNew = canMake && asked && !tags.some((tag) => tag.name.toLowerCase() === asked);
  const pick = (name) => {
    setOpen(false);
    setText("");
    onPick(name);
  };
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger label={label} className={`${SECONDARY} h-8`}>
        <Icon as={canMake ? Tag : CircleMinus} />
        <span className="max-sm:sr-only">{label}</span>
        <span aria-hidden="true" className="sm:hidden">
          {sign}
        </span>
      </PopoverTrigger>
      <PopoverBody align="start" label={label} className="w-64 p-2">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (isNew) pick(text.trim());
            else if (found[0]) pick(found[0].name);
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
              <button
                type="button"
                onClick={() => pick(tag.name)}
                className="flex min-h-8 w-full items-center truncate rounded-control px-2 text-left text-14 hover:bg-hover pointer-coarse:min-h-11"
              >
                {tag.name}
              </button>
            </li>
          ))}
        </ul>
        {isNew ? (
          <button
            type="button"
            onClick={() => pick(text.trim())}
            className="flex min-h-8 w-full items-center rounded-control px-2 text-left text-14 text-accent-ink hover:bg-hover pointer-coarse:min-h-11"
          >
            {words.TAG_MAKE.replace("{name}", text.trim())}
          </button>
        ) : null}
      </PopoverBody>
    </Popover>
  );
}

export function BulkBar({ chosen, every, total, tags, canEdit, deleted, words, onEvery, onClear, onTag, onDelete, onRestore }) {
  const ids = [...chosen];
  const count = every ? total : ids.length;
  return (
    <div
      role="toolbar"
      aria-label={words.SELECTED.replace("{n}", count.toLocaleString())}
      className="flex min-h-12 flex-wrap items-center gap-2 border-b border-line bg-selected px-4 py-2 md:px-6"
    >
      <button type="button" aria-label={words.CLEAR_SELECTION} title={words.CLEAR_SELECTION} onClick={onClear} className="inline-flex size-8 items-center justify-center rounded-control hover:bg-hover pointer-coarse:size-11">
        <Icon as={X} />
      </button>
      <span role="status" className="tabular text-13 font-medium">
        {words.SELECTED.replace("{n}", count.toLocaleString())}
      </span>
      {!every && !deleted && total > ids.length ? (
        <button type="button" onClick={onEvery} className="min-h-6 text-13 font-medium text-accent-ink hover:underline pointer-coarse:min-h-11">
          {words.SELECT_EVERY.replace("{n}", total.toLocaleString())}
        </button>
      ) : null}
      <span className="flex-1 max-sm:basis-full" />
      {deleted ? (
        <button type="button" disabled={!canEdit} onClick={() => onRestore(ids)} className={`${SECONDARY} h-8`}>
          <Icon as={Undo} />
          {words.RESTORE}
        </button>
      ) : (
        <>
          <TagPicker label={words.ADD_TAG} sign="+" tags={tags} words={words} canMake onPick={(name) => onTag(ids, every, name, true)} />
          <TagPicker label={words.REMOVE_TAG} sign="−" tags={tags} words={words} onPick={(name) => onTag(ids, every, name, false)} />
          {canEdit && !every && ids.length <= MOST_IN_ADDRESS ? (
            <a href={`/api/contacts/export?ids=${ids.join(",")}`} download className={`${SECONDARY} h-8 max-sm:hidden`}>
              {words.EXPORT}
            </a>
          ) : null}
          {canEdit ? (
            <button type="button" onClick={() => onDelete(ids, every)} className={`${SECONDARY} h-8 text-danger-ink`}>
              <Icon as={Trash} />
              <span className="max-sm:sr-only">{words.DELETE}</span>
            </button>
          ) : null}
        </>
      )}
    </div>
  );
}
