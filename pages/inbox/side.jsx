// Beside the timeline where it fits, over it as a sheet below: the person, the conversation, and why the agent said it.
import { useEffect, useRef } from "react";
import * as Dialog from "@radix-ui/react-dialog";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Beside, staying } from "$/public/external/pages/components/dialog/dialog.jsx";
import { Booked } from "$/public/external/pages/inbox/parts/booked.jsx";
import { Earlier } from "$/public/external/pages/inbox/parts/earlier.jsx";
import { Found } from "$/public/external/pages/inbox/parts/found.jsx";
import { Facts } from "$/public/external/pages/inbox/parts/facts.jsx";
import { Memories } from "$/public/external/pages/memory/parts/memories.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { PANEL_FITS, setPanel, useMedia, usePanel } from "$/public/external/pages/inbox/parts/live.jsx";
import { Tickets } from "$/public/external/pages/inbox/parts/tickets.jsx";
import { Why } from "$/public/external/pages/inbox/parts/why.jsx";

export function Side(props) {
  const { row, person, turn, turnId, words, onCloseWhy } = props;
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
      {row.id && person.id ? <Facts key={person.id} {...props} /> : null}
      {row.id ? <Found details={props.found} words={words} /> : null}
      {row.id ? <Booked bookings={props.bookings} words={words} /> : null}
      {row.id ? (
        <Tickets
          conversation={row.id}
          tickets={props.tickets}
          words={words}
          onNew={props.onNewTicket}
          onOpen={props.onOpenTicket}
          onStatus={props.onTicketStatus}
        />
      ) : null}
      {row.id && props.memories?.length ? (
        <section aria-label={words.REMEMBERED} className="border-t border-line px-4 pt-4 pb-5">
          <h3 className="mb-2 text-12 font-medium text-muted">{words.REMEMBERED}</h3>
          <Memories
            memories={props.memories}
            words={props.memoryWords}
            onCorrect={props.onCorrect}
            onStrike={props.onStrike}
          />
        </section>
      ) : null}
      {row.id ? <Earlier conversation={row.id} periods={props.earlier} words={words} /> : null}
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
          {...staying}
          aria-describedby=""
          className="fixed inset-y-0 right-0 z-40 flex w-full max-w-96 animate-enter flex-col border-l border-line bg-canvas pt-[env(safe-area-inset-top)] pb-[env(safe-area-inset-bottom)] text-14 text-ink shadow-float outline-none"
        >
          <Beside />
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
