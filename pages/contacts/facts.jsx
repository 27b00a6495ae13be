// What happened with a contact, newest first, with a heading for each day.
import ArrowDownLeft from "lucide-react/dist/esm/icons/arrow-down-left.mjs";
import ArrowUpRight from "lucide-react/dist/esm/icons/arrow-up-right.mjs";
import Ban from "lucide-react/dist/esm/icons/ban.mjs";
import BellOff from "lucide-react/dist/esm/icons/bell-off.mjs";
import BellRing from "lucide-react/dist/esm/icons/bell-ring.mjs";
import FileUp from "lucide-react/dist/esm/icons/file-up.mjs";
import Info from "lucide-react/dist/esm/icons/info.mjs";
import Merge from "lucide-react/dist/esm/icons/merge.mjs";
import Pencil from "lucide-react/dist/esm/icons/pencil.mjs";
import StickyNote from "lucide-react/dist/esm/icons/sticky-note.mjs";
import Tag from "lucide-react/dist/esm/icons/tag.mjs";
import Trash from "lucide-react/dist/esm/icons/trash-2.mjs";
import Undo from "lucide-react/dist/esm/icons/undo-2.mjs";
import UserPlus from "lucide-react/dist/esm/icons/user-plus.mjs";
import { Link } from "react-router";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { ChannelIcon, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const PICTURES = {
  created: UserPlus, imported: FileUp, updated: Pencil, tagged: Tag, untagged: Tag, blocked: Ban, unblocked: Undo,
  deleted: Trash, restored: Undo, merged: Merge, opted_in: BellRing, opted_out: BellOff, note: StickyNote, event: Info,
};

function Line({ fact, words, time, fields }) {
  const isMessage = fact.kind === "message" || fact.kind === "call";
  const inbound = fact.direction === "inbound";
  const body = fact.call_id ? fact.summary : fact.kind === "updated" ? fact.body.split(", ").map((name) => fields[name] ?? name).join(", ") : fact.body;
  return (
    <li className="flex gap-3 py-2">
      <span className="mt-0.5 inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-hover text-muted">
        {isMessage ? <ChannelIcon channel={fact.channel} size={14} /> : <Icon as={PICTURES[fact.kind] ?? Info} size={14} />}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2 text-13">
          <span className="min-w-0 flex-1 truncate">
            {isMessage ? (
              <>
                <span className="mr-1 inline-flex align-[-2px] text-muted">
                  <Icon as={inbound ? ArrowDownLeft : ArrowUpRight} size={14} />
                </span>
                {fact.call_id ? (
                  <Link to={`/calls/${fact.call_id}`} className="font-medium hover:underline pointer-coarse:inline-flex pointer-coarse:min-h-11 pointer-coarse:items-center">
                    {fact.body}
                  </Link>
                ) : (
                  <span className="font-medium">{fact.by || words.MESSAGE}</span>
                )}
              </>
            ) : (
              <>
                <span className="font-medium">{words[fact.kind.toUpperCase()] ?? words.EVENT}</span>
                {fact.by ? <span className="text-muted"> · {fact.by}</span> : null}
              </>
            )}
          </span>
          <Timestamp at={fact.at} format="clock" {...time} className="tabular shrink-0 text-12 text-faint" />
        </p>
        {body ? <p className="line-clamp-3 text-14 break-words whitespace-pre-line text-muted">{body}</p> : null}
      </div>
    </li>
  );
}

export function Facts({ facts, words, time, fields }) {
  const days = [];
  facts.forEach((fact) => {
    const day = new Date(fact.at).toDateString();
    if (days[days.length - 1]?.day !== day) days.push({ day, at: fact.at, facts: [] });
    days[days.length - 1].facts.push(fact);
  });
  return days.map(({ day, at, facts: some }) => (
    <section key={day}>
      <h3 className="pt-3 pb-1 text-12 font-medium text-muted">
        <Timestamp at={at} format="day" {...time} />
      </h3>
      <ol>
        {some.map((fact, key) => (
          <Line key={`${fact.at} ${key}`} fact={fact} words={words} time={time} fields={fields} />
        ))}
      </ol>
    </section>
  ));
}
