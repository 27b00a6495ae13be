// Beside the timeline where it fits, over it as a sheet below: the person, the conversation, and why the agent said it.
import { useEffect, useRef } from "react";
import * as Dialog from "@radix-ui/react-dialog";
import Ban from "lucide-react/dist/esm/icons/ban.mjs";
import CircleCheck from "lucide-react/dist/esm/icons/circle-check.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { CopyButton } from "$/public/external/pages/components/copy_button/copy_button.jsx";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { Avatar, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { PANEL_FITS, setPanel, useMedia, usePanel } from "$/public/external/pages/inbox/parts/live.jsx";
import { Why } from "$/public/external/pages/inbox/parts/why.jsx";

function Line({ name, children }) {
  return (
    <div className="flex min-h-7 items-start gap-3 py-1">
      <dt className="w-24 shrink-0 text-muted">{name}</dt>
      <dd className="min-w-0 flex-1 break-words text-ink">{children}</dd>
    </div>
  );
}

function Exact({ at }) {
  return at ? (
    <time dateTime={at} className="whitespace-nowrap">
      {new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(new Date(at))}
    </time>
  ) : null;
}

function Facts({ row, person, words, time }) {
  const copy = person.phone ? (
    <CopyButton
      text={person.phone}
      label={words.COPY_NUMBER}
      done={words.COPIED}
      className="-my-1 inline-flex size-6 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:-my-3 pointer-coarse:size-11"
    />
  ) : null;
  const [before, after] = words.OPTED_OUT.split("{number}");
  return (
    <>
      <section aria-label={words.CONTACT} className="px-4 pt-4 pb-3">
        <div className="flex items-center gap-3">
          <Avatar name={person.name} />
          <div className="min-w-0">
            {/* Without a name the number stands here alone, and is not said again below. */}
            <h3 className="flex items-center gap-1 text-14 font-semibold">
              <span className="truncate">{person.name || person.phone_display || words.UNKNOWN}</span>
              {person.name ? null : copy}
            </h3>
            {person.company ? <p className="truncate text-13 text-muted">{person.company}</p> : null}
          </div>
        </div>
        <dl className="mt-3 text-13">
          {person.name ? (
            <Line name={words.PHONE}>
              <span className="flex items-center gap-1">
                <span>{person.phone_display || "–"}</span>
                {copy}
              </span>
            </Line>
          ) : null}
          {person.email ? <Line name={words.EMAIL}>{person.email}</Line> : null}
          <Line name={words.TEXTS}>
            {person.opt_outs.length ? (
              <ul className="flex flex-col gap-1">
                {person.opt_outs.map((out) => (
                  <li key={out.number} className="flex gap-1.5 text-warning-ink">
                    <Icon as={Ban} size={14} className="mt-0.5" />
                    <span>
                      {before}
                      <span className="whitespace-nowrap">{out.number}</span>
                      {after} <Exact at={out.at} />
                    </span>
                  </li>
                ))}
              </ul>
            ) : (
              <span className="flex gap-1.5">
                <Icon as={CircleCheck} size={14} className="mt-0.5 text-success" />
                {words.MAY_TEXT}
              </span>
            )}
          </Line>
          <Line name={words.SINCE}>
            <Exact at={person.since} />
          </Line>
          {person.notes ? <Line name={words.NOTES}>{person.notes}</Line> : null}
        </dl>
      </section>
      <section aria-label={words.CONVERSATION} className="border-t border-line px-4 pt-4 pb-5">
        <h3 className="text-12 font-medium text-muted">{words.CONVERSATION}</h3>
        <dl className="mt-1 text-13">
          <Line name={words.STATUS}>{row.status === "closed" ? words.CLOSED : words.OPEN}</Line>
          <Line name={words.ASSIGNEE}>{row.assignee_name || words.NOBODY}</Line>
          <Line name={words.LAST}>
            <Timestamp at={row.last_at} format="relative" {...time} />
          </Line>
        </dl>
      </section>
    </>
  );
}

export function Side({ row, person, turn, turnId, words, time, onCloseWhy }) {
  const open = usePanel();
  const wide = useMedia(PANEL_FITS);
  const top = useRef(null);
  useEffect(() => {
    if (!turnId) return;
    if (!wide) setPanel(true);
    top.current?.scrollTo({ top: 0 });
  }, [turnId]);
  const content = (
    <>
      {/* The sheet has a way out of its own. */}
      {turnId ? <Why turn={turn} words={words} onClose={wide ? onCloseWhy : undefined} /> : null}
      {row.id && person.id ? <Facts row={row} person={person} words={words} time={time} /> : null}
    </>
  );
  if (wide) {
    return (
      <aside ref={top} aria-label={words.DETAILS} className="w-76 shrink-0 overflow-y-auto border-l border-line 2xl:w-80">
        {content}
      </aside>
    );
  }
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        setPanel(next);
        if (!next && turnId) onCloseWhy?.();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-enter bg-veil" />
        <Dialog.Content
          aria-describedby=""
          className="fixed inset-y-0 right-0 z-40 flex w-full max-w-96 animate-enter flex-col border-l border-line bg-canvas pt-[env(safe-area-inset-top)] pb-[env(safe-area-inset-bottom)] text-14 text-ink shadow-float outline-none"
        >
          <div className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-4">
            <Dialog.Title className="flex-1 text-16 font-semibold">{words.DETAILS}</Dialog.Title>
            <Dialog.Close
              aria-label={words.CLOSE}
              className="-mr-2 inline-flex size-8 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
            >
              <Icon as={X} />
            </Dialog.Close>
          </div>
          <div ref={top} className="min-h-0 flex-1 overflow-y-auto">
            {content}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
