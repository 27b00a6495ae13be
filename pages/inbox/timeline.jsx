// The timeline: newest at the bottom, older pages above without a jump, live patches, and what this tab just sent.
import { useEffect, useMemo, useRef, useState } from "react";
import { Virtuoso } from "react-virtuoso";
import ArrowDown from "lucide-react/dist/esm/icons/arrow-down.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { Message, Outgoing, When } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Note } from "$/public/external/pages/inbox/parts/note.jsx";
import { TranslateBar, useTranslation } from "$/public/external/pages/inbox/parts/translation.jsx";
import { DraftCard } from "$/public/external/pages/inbox/parts/draft_card.jsx";
import { CallCard } from "$/public/external/pages/calls/parts/card.jsx";
import { ApprovalCard } from "$/public/external/pages/inbox/parts/approval_card.jsx";
import { usePatched, useSeconds } from "$/public/external/pages/inbox/parts/live.jsx";
import { usePlace } from "$/public/external/pages/inbox/parts/earlier.jsx";
import { applyPatch, arrivedSince, join } from "$/public/external/pages/inbox/parts/lines.jsx";
import {
  PATIENCE_MS,
  forgetShown,
  putInOutbox,
  settle,
  takeFromOutbox,
  useOutbox,
  writeDraft,
} from "$/public/external/pages/inbox/parts/outbox.jsx";

const GROUP_MS = 5 * 60_000;

// Events point at no record, and a message on its way has no id yet: an empty id matches nothing.
const recordsOf = (items) => new Set(items.map((item) => item.record_id).filter(Boolean));

const dayOf = (at) => new Date(at).toDateString();

// Whether a message begins a group: another speaker, another day, or a pause before it.
function startsGroup(item, before) {
  if (!before || before.kind !== "message" || before.kind !== item.kind) return true;
  if (before.author_kind !== item.author_kind || before.author_id !== item.author_id) return true;
  if (before.author_name !== item.author_name) return true;
  // Two chats of one person may be two people: each says for itself whether it is proven.
  if ((before.data?.session_id ?? "") !== (item.data?.session_id ?? "")) return true;
  if (Boolean(before.data?.is_unverified) !== Boolean(item.data?.is_unverified)) return true;
  return new Date(item.at) - new Date(before.at) > GROUP_MS || dayOf(item.at) !== dayOf(before.at);
}

export function Timeline(props) {
  if (!props.conversationId) return null;
  return <OpenTimeline key={props.conversationId} {...props} />;
}

function OpenTimeline(props) {
  const { conversationId, items: first, feed, older, contactName, orgName, openTurn, unread, outcomes, words } = props;
  const { onOlder, onSeen, onSend, onResync } = props;
  const translation = useTranslation(props);
  const [items, setItems] = usePatched(first, feed, applyPatch, onResync, join);
  const outbox = useOutbox(conversationId);
  const waitsForAnswer = outbox.some((message) => !message.recordId && !message.error);
  const now = useSeconds(waitsForAnswer);
  const virtuoso = useRef(null);
  const box = useRef(null);
  const [atBottom, setAtBottom] = useState(true);
  const [fresh, setFresh] = useState(0);
  const [said, setSaid] = useState("");
  const asked = useRef(0);
  const newest = useRef(first.at(-1));
  useEffect(() => {
    asked.current = 0;
  }, [feed?.epoch]);

  useEffect(() => {
    if (older?.conversation !== conversationId || !older.items.length) return;
    setItems((now) => [...older.items.filter((item) => item.seq < (now[0]?.seq ?? Infinity)), ...now]);
  }, [older]);

  useEffect(() => {
    outcomes.forEach(({ client_id, record_id, error }) => settle(conversationId, client_id, record_id, error));
  }, [outcomes]);
  useEffect(() => {
    forgetShown(conversationId, recordsOf(items));
  }, [items, outbox]);

  // What arrived since the last look: counted while the reader is further up, said aloud in any case.
  useEffect(() => {
    const arrived = arrivedSince(items, newest.current);
    newest.current = items.at(-1);
    if (!arrived.length) return;
    const heard = arrived.filter((item) => item.kind === "message" && item.direction === "inbound").at(-1);
    if (heard) setSaid(`${contactName}: ${heard.body}`);
    const asked = arrived.filter((item) => item.kind === "approval" && item.status === "waiting").at(-1);
    if (asked) setSaid(`${words.APPROVAL_ASKS.replace("{name}", asked.author_name || words.AGENT)}: ${asked.body}`);
    if (!atBottom) setFresh((count) => count + arrived.filter((item) => item.kind !== "event").length);
  }, [items]);
  useEffect(() => {
    if (atBottom) setFresh(0);
  }, [atBottom]);

  // Read means: the end is on screen in a tab that is looked at.
  useEffect(() => {
    const look = () => {
      if (atBottom && unread && document.visibilityState === "visible") onSeen?.(conversationId);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [atBottom, unread, conversationId, items.length]);

  // A growing composer or a keyboard takes height from below: the end stays in sight if it was.
  const bottom = useRef(true);
  bottom.current = atBottom;
  useEffect(() => {
    let height = box.current?.clientHeight ?? 0;
    const watch = new ResizeObserver(() => {
      const next = box.current?.clientHeight ?? 0;
      if (next < height && bottom.current) virtuoso.current?.scrollToIndex({ index: "LAST", align: "end" });
      height = next;
    });
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const sends = outbox.length;
  useEffect(() => {
    if (sends) requestAnimationFrame(() => virtuoso.current?.scrollToIndex({ index: "LAST", align: "end" }));
  }, [sends]);

  const oldest = items[0]?.seq ?? 0;
  const hasOlder = oldest > 1;
  const rows = useMemo(() => {
    const stored = recordsOf(items);
    const own = outbox.filter((message) => !stored.has(message.recordId));
    return [...items, ...own.map((message) => ({ ...message, kind: "outgoing" }))];
  }, [items, outbox]);
  const more = () => {
    if (!hasOlder || asked.current === oldest) return;
    asked.current = oldest;
    onOlder?.(conversationId, oldest, 0);
  };
  const place = usePlace(conversationId, rows, older, virtuoso, (seq) => onOlder?.(conversationId, oldest, seq));
  const actions = {
    onRetry: props.onRetry,
    onCancel: props.onCancel,
    onWhy: props.onWhy,
    onApprove: props.onApprove,
    onDiscard: props.onDiscard,
    onDecide: props.onDecide,
    onOpenCall: props.onOpenCall,
    onMoreSaid: props.onMoreSaid,
    onHangUp: props.onHangUp,
    onAskCall: props.onAskCall,
    onComeIn: props.onComeIn,
  };

  const draw = (index, item) => {
    const at = index - oldest;
    const before = rows[at - 1];
    if (item.kind === "outgoing") {
      return (
        <Outgoing
          message={item}
          now={now}
          patience={PATIENCE_MS}
          words={words}
          onAgain={() => {
            putInOutbox(conversationId, item);
            // Who presses this has seen what came meanwhile.
            onSend?.(conversationId, item.clientId, item.body, item.sender, item.later, item.by, item.fileIds, 0, true, item.subject ?? "");
          }}
          onEdit={() => {
            takeFromOutbox(conversationId, item.clientId);
            writeDraft(conversationId, item.body);
            window.dispatchEvent(new Event("magpipe:draft"));
          }}
        />
      );
    }
    const newDay = !before || dayOf(before.at) !== dayOf(item.at);
    return (
      <>
        {newDay ? (
          <h3 className="flex items-center gap-3 pt-5 pb-1 text-12 font-medium text-muted">
            <span className="h-px flex-1 bg-line" />
            <Timestamp at={item.at} format="day" />
            <span className="h-px flex-1 bg-line" />
          </h3>
        ) : null}
        {item.kind === "event" ? (
          <p className="px-6 pt-3 text-center text-12 text-muted">
            {item.data?.ticket_id ? (
              <button
                type="button"
                onClick={() => props.onTicket?.(item.data.ticket_id)}
                className="rounded-control underline decoration-line underline-offset-2 hover:text-ink pointer-coarse:min-h-11"
              >
                {item.body}
              </button>
            ) : (
              item.body
            )}
            {item.data?.until ? (
              <>
                {" "}
                {words.UNTIL} <When at={item.data.until} />
              </>
            ) : null}
            {item.data?.brief ? <q className="text-ink"> {item.data.brief}</q> : null}
            {item.data?.said ? <q className="line-clamp-3 whitespace-pre-line text-ink">{item.data.said}</q> : null} <span className="text-faint">· <Timestamp at={item.at} format="clock" /></span>
          </p>
        ) : item.kind === "note" ? (
          <Note item={item} me={props.me} words={words} translated={translation.of(item)} />
        ) : item.kind === "draft" ? (
          <DraftCard
            item={{ ...item, conversation_id: conversationId }}
            isOpen={Boolean(openTurn) && openTurn === item.data?.turn_id}
            words={words}
            actions={actions}
          />
        ) : item.kind === "approval" ? (
          <ApprovalCard
            item={item}
            isOpen={Boolean(openTurn) && openTurn === item.data?.turn_id}
            words={words}
            actions={actions}
          />
        ) : item.kind === "call" ? (
          <CallCard item={item} contactName={contactName} open={props.openCall} words={props.callWords} actions={actions} />
        ) : (
          <Message
            item={item}
            starts={startsGroup(item, before)}
            contactName={contactName}
            orgName={orgName}
            isOpen={Boolean(openTurn) && openTurn === item.data?.turn_id}
            words={words}
            actions={actions}
            translated={translation.of(item)}
          />
        )}
      </>
    );
  };

  return (
    <section ref={box} aria-label={words.TIMELINE} className="relative flex min-h-0 flex-1 flex-col">
      <TranslateBar translation={translation} items={items} words={words} />
      <Virtuoso
        role="log"
        aria-live="off"
        aria-label={words.TIMELINE}
        // The arrow keys scroll it, so its focus shows like any other; the library would hide it.
        style={{ outline: undefined }}
        className="min-h-0 flex-1 -outline-offset-2"
        ref={virtuoso}
        data={rows}
        firstItemIndex={oldest}
        initialTopMostItemIndex={{ index: "LAST", align: "end" }}
        alignToBottom
        computeItemKey={(_, item) => (item.kind === "outgoing" ? item.clientId : item.id)}
        defaultItemHeight={72}
        increaseViewportBy={{ top: 600, bottom: 200 }}
        atBottomThreshold={120}
        atBottomStateChange={setAtBottom}
        followOutput={(isAtBottom) => (isAtBottom ? "auto" : false)}
        startReached={more}
        components={{ Header: hasOlder ? Above : Start, Footer: Below }}
        context={{ words }}
        itemContent={(index, item) => (
          <div
            data-seq={item.seq}
            className={`mx-auto w-full max-w-200 px-4 md:px-6 ${item.seq === place ? "rounded-card bg-accent-soft" : ""}`}
          >
            {draw(index, item)}
          </div>
        )}
      />
      <p role="status" aria-live="polite" className="sr-only">
        {said}
      </p>
      {!atBottom ? (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <button
            type="button"
            onClick={() => virtuoso.current?.scrollToIndex({ index: "LAST", align: "end" })}
            className={
              "pointer-events-auto inline-flex h-8 animate-enter items-center gap-1.5 rounded-full px-3 text-13 font-medium shadow-float pointer-coarse:h-11 " +
              (fresh ? "bg-accent text-on-accent hover:bg-accent-hover" : "bg-raised text-ink hover:bg-hover")
            }
          >
            <Icon as={ArrowDown} size={14} />
            {fresh ? words.NEW_MESSAGES.replace("{n}", fresh) : words.TO_NEWEST}
          </button>
        </div>
      ) : null}
    </section>
  );
}

function Above({ context }) {
  return <p className="py-4 text-center text-12 text-muted">{context.words.LOADING_OLDER}</p>;
}
function Start() {
  return <div className="h-2" />;
}
function Below() {
  return <div className="h-4" />;
}
