// What an agent drafted for approval: send it as it stands, change it first, or throw it away.
import { useState } from "react";
import { AgentMark } from "$/public/external/pages/inbox/parts/marks.jsx";
import { GHOST, PRIMARY, SECONDARY, TEXT_BUTTON } from "$/public/external/pages/inbox/parts/bubble.jsx";

export function DraftCard({ item, isOpen, words, actions }) {
  const [editing, setEditing] = useState(false);
  const [text, setText] = useState(item.body);
  const [busy, setBusy] = useState(false);
  const data = item.data ?? {};
  const by = `${item.author_name || words.AGENT}${data.agent_version ? ` · v${data.agent_version}` : ""}`;
  if (item.status === "approved" || item.status === "discarded") {
    const words_ = item.status === "approved" ? words.DRAFT_APPROVED : words.DRAFT_DISCARDED;
    return <p className="pt-3 text-center text-12 text-muted">{words_.replace("{name}", data.decided_by ?? "")}</p>;
  }
  const send = () => {
    setBusy(true);
    actions.onApprove(item.conversation_id, item.seq, item.id, text);
    // The card leaves when the server says so; an error leaves it usable.
    setTimeout(() => setBusy(false), 4000);
  };
  return (
    <article aria-label={words.DRAFT_BY.replace("{name}", by)} className="flex flex-col items-end pt-4">
      <div
        className={
          "w-[min(36rem,92%)] rounded-card border border-dashed border-control bg-canvas p-3 " +
          (isOpen ? "ring-2 ring-ring" : "")
        }
      >
        <div className="flex items-center gap-1.5 text-12 text-muted">
          <AgentMark />
          <span className="font-medium text-ink">{words.DRAFT_BY.replace("{name}", by)}</span>
          {data.turn_id ? (
            <button type="button" className={`ml-auto ${TEXT_BUTTON}`} onClick={() => actions.onWhy(data.turn_id)}>
              {words.WHY}
            </button>
          ) : null}
        </div>
        {data.subject ? <p className="mt-2 text-14 font-medium break-words">{data.subject}</p> : null}
        {editing ? (
          <textarea
            autoFocus
            value={text}
            aria-label={words.DRAFT_TEXT}
            onChange={(event) => setText(event.target.value)}
            className="mt-2 field-sizing-content max-h-60 min-h-16 w-full resize-none rounded-control border border-control bg-canvas px-3 py-2 text-14 text-ink pointer-coarse:text-16"
          />
        ) : (
          <p className="mt-2 text-14 break-words whitespace-pre-wrap text-ink">{text}</p>
        )}
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <button type="button" className={PRIMARY} disabled={busy || !text.trim()} onClick={send}>
            {busy ? words.SENDING : words.APPROVE}
          </button>
          {editing ? (
            <button
              type="button"
              className={GHOST}
              onClick={() => {
                setText(item.body);
                setEditing(false);
              }}
            >
              {words.CANCEL_EDIT}
            </button>
          ) : (
            <button type="button" className={SECONDARY} onClick={() => setEditing(true)}>
              {words.EDIT}
            </button>
          )}
          <button
            type="button"
            className={`${GHOST} ml-auto`}
            onClick={() => actions.onDiscard(item.conversation_id, item.seq, item.id)}
          >
            {words.DISCARD}
          </button>
        </div>
      </div>
    </article>
  );
}
