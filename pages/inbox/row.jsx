// One line of the conversation list: who, what was said last, and what asks for somebody.
import { memo } from "react";
import { Link } from "react-router";
import AtSign from "lucide-react/dist/esm/icons/at-sign.mjs";
import CircleAlert from "lucide-react/dist/esm/icons/circle-alert.mjs";
import Clock from "lucide-react/dist/esm/icons/clock.mjs";
import Frown from "lucide-react/dist/esm/icons/frown.mjs";
import Smile from "lucide-react/dist/esm/icons/smile.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { ANSWERING, Avatar, ChannelIcon, Icon, hasFailed } from "$/public/external/pages/inbox/parts/marks.jsx";

export const ROW_HEIGHT = 68;
// How calls end that nobody took.
const MISSED = new Set(["no_answer", "canceled", "busy", "failed"]);

// Who answers this conversation now; a pause that has run out counts as handed back.
function answering(row) {
  if (row.awaits_approval) return "asks";
  if (row.needs_person) return "needed";
  if (row.answer_mode === "human" && row.paused_until && new Date(row.paused_until) <= new Date()) return "ai";
  return row.answer_mode || "ai";
}

// How the person sounded last; what sounds like nothing in particular shows nothing.
function Mood({ row, words }) {
  const [picture, tint, word] =
    { negative: [Frown, "text-danger-ink", words.NEGATIVE], positive: [Smile, "text-success-ink", words.POSITIVE] }[
      row.sentiment
    ] ?? [];
  if (!picture) return null;
  return (
    <span className={`shrink-0 ${tint}`} title={word}>
      <Icon as={picture} size={14} />
      <span className="sr-only">{word}</span>
    </span>
  );
}

function Owner({ row, words }) {
  const name = row.assignee_name || row.team_name;
  if (!name) return null;
  const said = words.GIVEN_TO.replace("{name}", name);
  return (
    <span className="shrink-0" title={said}>
      <Avatar name={name} size="xs" />
      <span className="sr-only">{said}</span>
    </span>
  );
}

// What a search found is shown instead of what was said last.
function Said({ row, unread, words }) {
  if (row.match) {
    return (
      <span className="min-w-0 flex-1 truncate text-13 text-muted">
        <span className="text-faint">{words.FOUND} </span>
        {row.match}
      </span>
    );
  }
  if (row.direction === "outbound" && row.channel !== "call" && hasFailed(row.last_status)) {
    return (
      <span className="flex min-w-0 flex-1 items-center gap-1 truncate text-13 text-danger-ink">
        <Icon as={CircleAlert} size={14} />
        <span className="truncate">{words.NOT_DELIVERED}</span>
      </span>
    );
  }
  const missed = row.channel === "call" && row.direction === "inbound" && MISSED.has(row.last_status);
  return (
    <span className={`min-w-0 flex-1 truncate text-13 ${missed ? "text-danger-ink" : unread ? "text-ink" : "text-muted"}`}>
      {row.author_kind === "agent" ? (
        <>
          <Icon as={ANSWERING.ai[0]} size={12} className="-mt-0.5 mr-1 inline text-faint" />
          <span className="sr-only">{words.AGENT_SAID} </span>
        </>
      ) : row.author_kind === "member" ? (
        <span className="text-faint">{words.TEAM_SAID} </span>
      ) : null}
      {row.preview || words.NO_TEXT}
    </span>
  );
}

function Marks({ row, unread, words }) {
  const state = answering(row);
  const [picture, tint] = ANSWERING[state] ?? ANSWERING.ai;
  const word = { ai: words.AI, draft: words.DRAFTS, human: words.PEOPLE, needed: words.NEEDED, asks: words.APPROVE }[state];
  return (
    <>
      <Mood row={row} words={words} />
      {row.status === "snoozed" ? (
        <span className="shrink-0 text-muted" title={words.SNOOZED}>
          <Icon as={Clock} size={14} />
          <span className="sr-only">{words.SNOOZED}</span>
        </span>
      ) : null}
      {/* That the agent answers is the rule and stays quiet; what asks for people shows. */}
      {state === "ai" ? (
        <span className="sr-only">{word}</span>
      ) : (
        <span className={`inline-flex shrink-0 items-center gap-1 text-12 ${tint}`} title={word}>
          <Icon as={picture} size={14} />
          {state === "human" ? <span className="sr-only">{word}</span> : word}
        </span>
      )}
      <Owner row={row} words={words} />
      {unread ? (
        <span
          data-part="dot"
          className="tabular inline-flex h-4.5 min-w-4.5 shrink-0 items-center justify-center gap-0.5 rounded-full bg-accent px-1 text-12 leading-none font-medium text-on-accent"
        >
          {row.mentioned ? <Icon as={AtSign} size={10} /> : null}
          {row.mentioned ? <span className="sr-only">{words.MENTIONED} </span> : null}
          {row.unread > 99 ? "99+" : row.unread}
        </span>
      ) : null}
    </>
  );
}

function Face({ row, isOpen }) {
  return (
    <span className="relative shrink-0">
      <Avatar name={row.name} on={isOpen ? "bg-canvas" : undefined} />
      <span
        className={
          "absolute -right-1.5 -bottom-1 inline-flex size-4.5 items-center justify-center rounded-full " +
          (isOpen ? "bg-selected" : "bg-canvas")
        }
      >
        <ChannelIcon channel={row.channel} size={12} />
      </span>
    </span>
  );
}

export const Row = memo(function Row({ row, isOpen, tabbable, search, selecting, selected, words, time, onSelect }) {
  const unread = row.unread > 0 && !isOpen;
  const name = row.name || row.phone_display || words.UNKNOWN;
  const content = (
    <>
      {selecting ? null : <Face row={row} isOpen={isOpen} />}
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className={`min-w-0 flex-1 truncate text-14 text-ink ${unread ? "font-semibold" : "font-medium"}`}>
            {unread ? <span className="sr-only">{words.UNREAD} </span> : null}
            {name}
          </span>
          <Timestamp at={row.last_at} format="relative" {...time} className="shrink-0 text-12 text-muted" />
        </span>
        <span className="mt-0.5 flex items-center gap-2">
          <Said row={row} unread={unread} words={words} />
          <Marks row={row} unread={unread} words={words} />
        </span>
      </span>
    </>
  );
  const look = "relative flex w-full items-center gap-3 px-4 text-left -outline-offset-2 transition-colors ";
  if (selecting) {
    return (
      <label
        data-row={row.id}
        style={{ height: ROW_HEIGHT }}
        className={look + "cursor-pointer " + (selected ? "bg-selected" : "hover:bg-hover")}
      >
        <span className="inline-flex size-9 shrink-0 items-center justify-center">
          <input
            type="checkbox"
            checked={selected}
            tabIndex={tabbable ? 0 : -1}
            aria-label={words.SELECT_ONE.replace("{name}", name)}
            onChange={(event) => onSelect(row.id, event.nativeEvent.shiftKey)}
            className="size-4 accent-accent"
          />
        </span>
        {content}
      </label>
    );
  }
  return (
    <Link
      to={`/inbox/${row.id}${search}`}
      data-row={row.id}
      tabIndex={tabbable ? 0 : -1}
      aria-current={isOpen ? "true" : undefined}
      style={{ height: ROW_HEIGHT }}
      className={look + (isOpen ? "bg-selected" : "hover:bg-hover")}
    >
      {content}
    </Link>
  );
});
