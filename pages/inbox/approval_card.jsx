// What an agent asks a person to approve: what it would do, with what, and the two answers. Decided, it says what came of it.
import { useEffect, useState } from "react";
import CircleAlert from "lucide-react/dist/esm/icons/circle-alert.mjs";
import CircleCheck from "lucide-react/dist/esm/icons/circle-check.mjs";
import CircleHelp from "lucide-react/dist/esm/icons/circle-question-mark.mjs";
import CircleSlash from "lucide-react/dist/esm/icons/circle-slash.mjs";
import Clock from "lucide-react/dist/esm/icons/clock.mjs";
import ShieldQuestion from "lucide-react/dist/esm/icons/shield-question-mark.mjs";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { GHOST, PRIMARY, SECONDARY, TEXT_BUTTON, When } from "$/public/external/pages/inbox/parts/bubble.jsx";

// How long a press may stay unanswered before it can be pressed again.
const PATIENCE_MS = 4000;

// Icon, tint and the word of each end; what nobody knows is the one that must not be overlooked.
const ENDS = {
  approved: [Clock, "text-info-ink", "APPROVAL_RUNNING"],
  running: [Clock, "text-info-ink", "APPROVAL_RUNNING"],
  ok: [CircleCheck, "text-success-ink", "APPROVAL_DONE"],
  refused: [CircleSlash, "text-muted", "APPROVAL_REFUSED"],
  expired: [Clock, "text-muted", "APPROVAL_EXPIRED"],
  failed: [CircleAlert, "text-danger-ink", "APPROVAL_FAILED"],
  uncertain: [CircleHelp, "text-warning-ink", "APPROVAL_UNCERTAIN"],
};

const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const named = (name) => name.replaceAll("_", " ");

function Arguments({ given }) {
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== "" && value !== null);
  if (!entries.length) return null;
  return (
    <dl className="mt-2 grid max-h-60 grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 overflow-y-auto rounded-control bg-sunken px-3 py-2 text-13">
      {entries.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{named(name)}</dt>
          <dd className="min-w-0 break-words whitespace-pre-wrap text-ink">{plain(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Decided({ item, data, words }) {
  const [picture, tint, key] = ENDS[item.status] ?? ENDS.failed;
  const by = data.decided_by ? words[item.status === "refused" ? "APPROVAL_NO_BY" : "APPROVAL_YES_BY"] : "";
  return (
    <>
      <p className={`mt-2 flex items-start gap-1.5 text-13 ${tint}`}>
        <span className="mt-0.5 shrink-0">
          <Icon as={picture} size={14} />
        </span>
        <span>
          {words[key]}
          {by ? <span className="text-muted"> · {by.replace("{name}", data.decided_by)}</span> : null}
        </span>
      </p>
      {data.note ? <q className="mt-1 block text-13 text-ink">{data.note}</q> : null}
      {item.status === "failed" && data.result ? <p className="mt-1 text-13 break-words text-muted">{data.result}</p> : null}
    </>
  );
}

function Question({ item, data, words, actions }) {
  const [busy, setBusy] = useState("");
  const [refusing, setRefusing] = useState(false);
  const [note, setNote] = useState("");
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setTimeout(() => setBusy(""), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [busy]);
  const decide = (isApproved) => {
    setBusy(isApproved ? "yes" : "no");
    actions.onDecide(item.record_id, isApproved, isApproved ? "" : note.trim());
  };
  const refuse = (event) => {
    event.preventDefault();
    decide(false);
  };
  if (refusing) {
    return (
      <form onSubmit={refuse} className="mt-3 flex flex-col gap-2">
        <label className="flex flex-col gap-1 text-13 font-medium text-ink">
          {words.APPROVAL_NOTE}
          <textarea
            autoFocus
            value={note}
            rows={2}
            maxLength={500}
            placeholder={words.APPROVAL_NOTE_EXAMPLE}
            onChange={(event) => setNote(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) refuse(event);
              if (event.key === "Escape") {
                event.stopPropagation();
                setRefusing(false);
              }
            }}
            className="field-sizing-content max-h-40 w-full resize-none rounded-control border border-control bg-canvas px-3 py-2 text-14 font-normal text-ink pointer-coarse:text-16"
          />
        </label>
        <div className="flex flex-wrap items-center gap-2">
          <button type="submit" className={SECONDARY} disabled={Boolean(busy)}>
            {busy ? words.SENDING : words.APPROVAL_NO}
          </button>
          <button type="button" className={GHOST} onClick={() => setRefusing(false)}>
            {words.CANCEL_EDIT}
          </button>
        </div>
      </form>
    );
  }
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      <button type="button" className={PRIMARY} disabled={Boolean(busy)} onClick={() => decide(true)}>
        {busy ? words.SENDING : words.APPROVAL_YES}
      </button>
      <button type="button" className={SECONDARY} disabled={Boolean(busy)} onClick={() => setRefusing(true)}>
        {words.APPROVAL_REFUSE}
      </button>
      {data.expires_at ? (
        <span className="ml-auto text-12 text-muted">
          {words.APPROVAL_UNTIL} <When at={data.expires_at} />
        </span>
      ) : null}
    </div>
  );
}

export function ApprovalCard({ item, isOpen, words, actions }) {
  const data = item.data ?? {};
  const waits = item.status === "waiting";
  const by = `${item.author_name || words.AGENT}${data.agent_version ? ` · v${data.agent_version}` : ""}`;
  const asks = words[waits ? "APPROVAL_ASKS" : "APPROVAL_ASKED"].replace("{name}", by);
  return (
    <article aria-label={asks} data-approval={item.status} className="flex flex-col items-end pt-4">
      <div
        className={
          "w-[min(36rem,92%)] rounded-card border bg-canvas p-3 " +
          (waits ? "border-warning " : "border-line ") +
          (isOpen ? "ring-2 ring-ring" : "")
        }
      >
        <div className="flex items-center gap-1.5 text-12 text-muted">
          <span className={waits ? "text-warning-ink" : ""}>
            <Icon as={ShieldQuestion} size={14} />
          </span>
          <span className="font-medium text-ink">{asks}</span>
          {data.turn_id ? (
            <button type="button" className={`ml-auto ${TEXT_BUTTON}`} onClick={() => actions.onWhy(data.turn_id)}>
              {words.WHY}
            </button>
          ) : null}
        </div>
        <p className="mt-2 text-14 break-words text-ink">{item.body}</p>
        <Arguments given={data.arguments} />
        {waits ? (
          <Question item={item} data={data} words={words} actions={actions} />
        ) : (
          <Decided item={item} data={data} words={words} />
        )}
      </div>
    </article>
  );
}
