// What the list of contacts is made of: the marks and tags of a person, and what stands there while or when it is empty.
import Ban from "lucide-react/dist/esm/icons/ban.mjs";
import BellOff from "lucide-react/dist/esm/icons/bell-off.mjs";
import PhoneForwarded from "lucide-react/dist/esm/icons/phone-forwarded.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

// How tall a row is; the skeleton's are as tall.
export const ROW = { wide: 48, narrow: 64 };
const TINTS = {
  grey: "bg-hover text-muted", red: "bg-danger-soft text-danger-ink", orange: "bg-warning-soft text-warning-ink",
  yellow: "bg-warning-soft text-warning-ink", green: "bg-success-soft text-success-ink", teal: "bg-info-soft text-info-ink",
  blue: "bg-info-soft text-info-ink", purple: "bg-accent-soft text-accent-ink", pink: "bg-danger-soft text-danger-ink",
};

export const calledOf = (row, words) => row.name || row.phone_display || row.email || row.company || words.UNNAMED;

export function Marks({ row, words }) {
  const marks = [
    [row.is_blocked, Ban, words.BLOCKED, "text-danger-ink"],
    [row.is_opted_out, BellOff, words.OPTED_OUT, "text-warning-ink"],
    [row.is_whitelisted, PhoneForwarded, words.WHITELISTED, "text-success-ink"],
  ];
  return marks.map(([is, picture, word, tint]) =>
    is ? (
      <span key={word} title={word} className={`inline-flex shrink-0 ${tint}`}>
        <Icon as={picture} size={14} />
        <span className="sr-only">{word}</span>
      </span>
    ) : null,
  );
}

// In a column too narrow for more, the first tag stands for all; a tag is never cut in the middle of its word.
export function Tags({ tags }) {
  const more = (count, look) => (count > 0 ? <span className={`text-12 text-muted ${look}`}>+{count}</span> : null);
  return (
    <span className="flex min-w-0 gap-1 overflow-hidden">
      {tags.slice(0, 3).map((tag, place) => (
        <span
          key={tag.id}
          className={`inline-flex h-5 max-w-28 shrink-0 items-center rounded-full px-2 text-12 font-medium ${place ? "@max-[10rem]:hidden" : ""} ${TINTS[tag.colour] ?? TINTS.grey}`}
        >
          <span className="truncate">{tag.name}</span>
        </span>
      ))}
      {more(tags.length - 3, "@max-[10rem]:hidden")}
      {more(tags.length - 1, "@min-[10rem]:hidden")}
    </span>
  );
}

export function Cell({ column, row, time }) {
  if (column === "tags") return <Tags tags={row.tags} />;
  if (column === "last_contact") return row.last_at ? <Timestamp at={row.last_at} format="relative" {...time} /> : null;
  if (column === "created") return <Timestamp at={row.created_at} format="relative" {...time} />;
  if (column === "phone") return row.phone_display;
  return row[column];
}

export function Skeleton({ words, wide }) {
  return (
    <div role="status" className="min-h-0 flex-1 overflow-hidden">
      {wide ? <div aria-hidden="true" className="h-9 border-b border-line" /> : null}
      <span className="sr-only">{words.LOADING}</span>
      {Array.from({ length: 12 }, (_, key) => (
        <div key={key} aria-hidden="true" style={{ height: wide ? ROW.wide : ROW.narrow }} className="flex items-center gap-4 border-b border-line px-4 md:px-6">
          <span className="size-6 shrink-0 animate-breathe rounded-full bg-skeleton" />
          <span className="h-3.5 w-36 animate-breathe rounded-control bg-skeleton" />
          <span className="h-3.5 w-28 animate-breathe rounded-control bg-skeleton max-md:hidden" />
          <span className="h-3.5 flex-1 animate-breathe rounded-control bg-skeleton max-md:hidden" />
        </div>
      ))}
    </div>
  );
}

export function Nothing({ icon, title, body, mark, danger, children }) {
  return (
    <div role={danger ? "alert" : undefined} className="flex flex-col items-start px-4 py-8 md:px-6">
      <span className={`inline-flex size-10 items-center justify-center rounded-card ${danger ? "bg-danger-soft text-danger-ink" : "border border-line bg-sunken text-muted"}`}>
        <Icon as={icon} size={20} />
      </span>
      <h2 className="mt-4 text-14 font-semibold">{title}</h2>
      <p className="mt-1 max-w-[52ch] text-14 text-pretty text-muted">{body}</p>
      {mark ? (
        <p className="mt-3 text-12 text-muted">
          {mark[0]} <code className="font-mono text-ink select-all">{mark[1]}</code>
        </p>
      ) : null}
      <div className="mt-4 flex gap-2 empty:hidden">{children}</div>
    </div>
  );
}
