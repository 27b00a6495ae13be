// What the team has promised the person: their tickets, the open ones first, and a way to open another.
import Plus from "lucide-react/dist/esm/icons/plus.mjs";
import { SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

// A day has no zone: read as midnight of whoever looks, it stays the day it is.
function day(given) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(new Date(`${given}T00:00`));
}

function Ticket({ ticket, words, onOpen, onStatus }) {
  const open = ticket.status === "open";
  return (
    <li className="flex items-start gap-2">
      <span className="min-w-0 flex-1">
        <button
          type="button"
          onClick={() => onOpen?.(ticket.id)}
          className={`block max-w-full truncate rounded-control text-left text-13 font-medium hover:underline pointer-coarse:min-h-11 ${open ? "text-ink" : "text-muted"}`}
        >
          {ticket.subject}
        </button>
        <span className="block text-12 text-muted">
          <span className="tabular">{ticket.ticket_ref}</span>
          {" · "}
          {open ? words[`PRIORITY_${ticket.priority.toUpperCase()}`] : words.TICKET_CLOSED}
          {" · "}
          {ticket.assigned_name || words.TICKET_UNASSIGNED}
        </span>
        {ticket.due_date && open ? (
          <span className={`block text-12 tabular ${ticket.is_overdue ? "text-danger-ink" : "text-muted"}`}>
            {ticket.is_overdue ? words.TICKET_OVERDUE : words.TICKET_DUE} {day(ticket.due_date)}
          </span>
        ) : null}
      </span>
      <button
        type="button"
        className={SECONDARY}
        aria-label={`${open ? words.TICKET_CLOSE : words.TICKET_REOPEN} ${ticket.ticket_ref}`}
        onClick={() => onStatus?.(ticket.id, open ? "closed" : "open")}
      >
        {open ? words.TICKET_CLOSE : words.TICKET_REOPEN}
      </button>
    </li>
  );
}

export function Tickets({ conversation, tickets, words, onNew, onOpen, onStatus }) {
  return (
    <section aria-label={words.TICKETS} className="border-t border-line px-4 pt-3 pb-4">
      <div className="flex min-h-8 items-center gap-2">
        <h3 className="flex-1 text-12 font-medium text-muted">{words.TICKETS}</h3>
        <button
          type="button"
          aria-label={words.TICKET_NEW}
          title={words.TICKET_NEW}
          onClick={() => onNew?.(conversation)}
          className="-mr-2 inline-flex size-8 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
        >
          <Icon as={Plus} />
        </button>
      </div>
      {tickets?.length ? (
        <ul className="mt-1 flex flex-col gap-3">
          {tickets.map((ticket) => (
            <Ticket key={ticket.id} ticket={ticket} words={words} onOpen={onOpen} onStatus={onStatus} />
          ))}
        </ul>
      ) : (
        <p className="text-13 text-muted">{words.NO_TICKETS}</p>
      )}
    </section>
  );
}
