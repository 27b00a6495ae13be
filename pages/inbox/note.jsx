// A note of the team: on paper of its own, so that nobody takes it for something a customer saw.
import Lock from "lucide-react/dist/esm/icons/lock.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { Avatar, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

// The text with the names it calls made to stand out.
function Called({ text, names }) {
  if (!names.length) return text;
  const escaped = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = text.split(new RegExp(`(@(?:${escaped.join("|")}))`, "gi"));
  return parts.map((part, place) =>
    place % 2 ? (
      <strong key={place} className="font-semibold text-accent-ink">
        {part}
      </strong>
    ) : (
      part
    ),
  );
}

export function Note({ item, me, words, translated }) {
  const mentions = item.data?.mentions ?? [];
  return (
    <article aria-label={words.NOTE_BY.replace("{name}", item.author_name)} className="flex flex-col items-end pt-4">
      <div className="mb-1 flex items-center gap-1.5 text-12 text-muted">
        <Avatar name={item.author_name} size="sm" />
        <span className="font-medium text-ink">{item.author_name}</span>
        <Icon as={Lock} size={12} />
        <span>{words.NOTE_MARK}</span>
      </div>
      <div
        className={
          "max-w-[min(36rem,88%)] rounded-card border border-warning bg-warning-soft px-3 py-2 text-14 break-words whitespace-pre-wrap text-ink " +
          (mentions.some((one) => one.id === me) ? "ring-2 ring-ring" : "")
        }
      >
        <Called text={item.body} names={mentions.map((one) => one.name)} />
        {translated ? <p className="mt-2 border-t border-line pt-2 text-muted">{translated}</p> : null}
      </div>
      <p className="mt-0.5 px-0.5 text-12 text-muted">
        <Timestamp at={item.at} format="clock" />
      </p>
    </article>
  );
}
