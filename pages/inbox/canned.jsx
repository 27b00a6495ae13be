// Canned replies: found by `/` and a few letters while writing, kept in a dialog.
import { useEffect, useState } from "react";
import * as Radix from "@radix-ui/react-dialog";
import Users from "lucide-react/dist/esm/icons/users.mjs";
import { Dialog, DialogBody } from "$/public/external/pages/components/dialog/dialog.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { GHOST, PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

const FIELD =
  "w-full rounded-control border border-control bg-canvas px-3 text-14 text-ink aria-invalid:border-danger pointer-coarse:text-16";

// The word at the cursor when it begins with a slash and nothing stands before it on its line but space.
export function slashAt(text, cursor) {
  const before = text.slice(0, cursor);
  const found = /(^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(before);
  return found ? { asked: found[2].toLowerCase(), from: before.length - found[2].length - 1 } : null;
}

export const matching = (replies, asked) =>
  replies.filter((one) => one.shortcut.startsWith(asked) || one.title.toLowerCase().includes(asked)).slice(0, 8);

export function CannedList({ id, found, active, words, onPick, onManage }) {
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div className="absolute inset-x-0 bottom-full z-30 mb-1 max-h-72 overflow-y-auto rounded-card bg-raised p-1 shadow-float forced-colors:border">
      <ul id={id} role="listbox" aria-label={words.CANNED}>
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
            <span className="flex items-center gap-2 text-14">
              <span className="font-medium">/{one.shortcut}</span>
              <span className="truncate text-muted">{one.title}</span>
              {one.is_shared ? <Icon as={Users} size={12} className="text-faint" /> : null}
            </span>
            <span className="truncate text-13 text-muted">{one.filled}</span>
          </li>
        ))}
      </ul>
      {found.length ? null : <p className="px-2 py-1.5 text-13 text-muted">{words.CANNED_NONE}</p>}
      <button
        type="button"
        tabIndex={-1}
        onPointerDown={(event) => {
          event.preventDefault();
          onManage();
        }}
        className="mt-1 w-full rounded-control border-t border-line px-2 py-1.5 text-left text-13 font-medium text-accent-ink hover:bg-hover"
      >
        {words.CANNED_MANAGE}
      </button>
    </div>
  );
}

const BLANK = { id: "", shortcut: "", title: "", body: "", is_shared: false };

export function CannedDialog({ open, replies, mayShare, errors, words, onOpen, onSave, onDelete }) {
  const [form, setForm] = useState(null);
  const [sent, setSent] = useState(0);
  useEffect(() => {
    if (!open) setForm(null);
  }, [open]);
  // The list changed after saving: what was written is kept there.
  useEffect(() => {
    if (sent) setForm(null);
    setSent(0);
  }, [replies]);
  const set = (name) => (event) =>
    setForm({ ...form, [name]: event.target.type === "checkbox" ? event.target.checked : event.target.value });
  const row = (name, label, field) => (
    <label className="flex flex-col gap-1 text-13 font-medium">
      {label}
      {field}
      {errors[name] ? (
        <span role="alert" className="font-normal text-danger-ink">
          {errors[name]}
        </span>
      ) : null}
    </label>
  );
  return (
    <Dialog open={open} onOpenChange={onOpen} title={words.CANNED} description={words.CANNED_HINT} size="md" closeLabel={words.CLOSE}>
      <DialogBody>
        <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">
          {form ? (
            <form
              className="flex flex-col gap-3"
              onSubmit={(event) => {
                event.preventDefault();
                setSent(sent + 1);
                onSave?.(form);
              }}
            >
              {row(
                "shortcut",
                words.CANNED_SHORTCUT,
                <input autoFocus value={form.shortcut} maxLength={33} aria-invalid={Boolean(errors.shortcut)} onChange={set("shortcut")} className={`${FIELD} h-9 pointer-coarse:h-11`} />,
              )}
              {row(
                "title",
                words.CANNED_TITLE,
                <input value={form.title} maxLength={80} aria-invalid={Boolean(errors.title)} onChange={set("title")} className={`${FIELD} h-9 pointer-coarse:h-11`} />,
              )}
              {row(
                "body",
                words.CANNED_BODY,
                <textarea value={form.body} rows={5} maxLength={1600} aria-invalid={Boolean(errors.body)} onChange={set("body")} className={`${FIELD} py-2`} />,
              )}
              <p className="text-12 text-muted">{words.CANNED_PLACES}</p>
              {mayShare ? (
                <label className="flex items-center gap-2 text-14">
                  <input type="checkbox" checked={form.is_shared} onChange={set("is_shared")} className="size-4 accent-accent" />
                  {words.CANNED_SHARED}
                </label>
              ) : null}
              <div className="flex justify-end gap-2">
                <button type="button" className={`${GHOST} h-8`} onClick={() => setForm(null)}>
                  {words.CANCEL}
                </button>
                <button type="submit" className={`${PRIMARY} h-8`}>
                  {words.SAVE}
                </button>
              </div>
            </form>
          ) : (
            <>
              {replies.length ? (
                <ul className="divide-y divide-line border-y border-line">
                  {replies.map((one) => (
                    <li key={one.id} className="flex items-center gap-2 py-2">
                      <span className="min-w-0 flex-1">
                        <span className="flex items-center gap-2 text-14 font-medium">
                          /{one.shortcut} <span className="truncate font-normal text-muted">{one.title}</span>
                          {one.is_shared ? <Icon as={Users} size={12} className="text-faint" /> : null}
                          {one.is_shared ? <span className="sr-only">{words.CANNED_OF_TEAM}</span> : null}
                        </span>
                        <span className="block truncate text-13 text-muted">{one.body}</span>
                      </span>
                      {one.is_mine || mayShare ? (
                        <>
                          <button type="button" className={GHOST} aria-label={`${words.EDIT} /${one.shortcut}`} onClick={() => setForm({ ...BLANK, ...one })}>
                            {words.EDIT}
                          </button>
                          <button type="button" className={GHOST} aria-label={`${words.DELETE} /${one.shortcut}`} onClick={() => onDelete?.(one.id)}>
                            {words.DELETE}
                          </button>
                        </>
                      ) : null}
                    </li>
                  ))}
                </ul>
              ) : (
                <p className="text-14 text-muted">{words.CANNED_EMPTY}</p>
              )}
              <div className="mt-4 flex justify-between gap-2">
                <button type="button" className={`${SECONDARY} h-8`} onClick={() => setForm(BLANK)}>
                  {words.CANNED_NEW}
                </button>
                <Radix.Close type="button" className={`${GHOST} h-8`}>
                  {words.DONE}
                </Radix.Close>
              </div>
            </>
          )}
        </div>
      </DialogBody>
    </Dialog>
  );
}
