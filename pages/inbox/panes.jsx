// The panes of the inbox and what stands in the middle one: list beside thread from 768 px on, one at a time below.
import { Children, useEffect, useLayoutEffect } from "react";
import { Link, useLocation, useParams } from "react-router";
import Merge from "lucide-react/dist/esm/icons/merge.mjs";
import MessagesSquare from "lucide-react/dist/esm/icons/messages-square.mjs";
import RotateCw from "lucide-react/dist/esm/icons/rotate-cw.mjs";
import SearchX from "lucide-react/dist/esm/icons/search-x.mjs";
import CircleAlert from "lucide-react/dist/esm/icons/circle-alert.mjs";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { useLate } from "$/public/external/pages/inbox/parts/live.jsx";
import { moveWriting } from "$/public/external/pages/inbox/parts/outbox.jsx";

const GRACE_MS = 150;

export function Panes({ children }) {
  const { open_conversation: open } = useParams();
  const [list, thread] = Children.toArray(children);
  return (
    <div className="flex min-h-0 flex-1">
      <div
        className={
          "min-h-0 w-full flex-col md:flex md:w-76 md:shrink-0 md:border-r md:border-line xl:w-80 2xl:w-86 " + (open ? "hidden" : "flex")
        }
      >
        {list}
      </div>
      <div className={`min-h-0 min-w-0 flex-1 md:flex ${open ? "flex" : "hidden"}`}>{thread}</div>
    </div>
  );
}

function Skeleton({ words }) {
  const bone = "animate-breathe bg-skeleton ";
  return (
    <div role="status" className="flex min-w-0 flex-1">
      <span className="sr-only">{words.LOADING}</span>
      <div aria-hidden="true" className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-14 shrink-0 items-center gap-3 border-b border-line px-4">
          <span className={`${bone} hidden size-9 rounded-full 2xl:block`} />
          <span className="flex flex-col gap-1.5">
            <span className={`${bone} h-3.5 w-32 rounded-control`} />
            <span className={`${bone} h-3 w-24 rounded-control`} />
          </span>
        </div>
        <div className="mx-auto flex w-full max-w-200 flex-1 flex-col justify-end gap-4 px-4 pb-6 md:px-6">
          {["w-56", "w-72 self-end", "w-40", "w-64 self-end", "w-48"].map((width, key) => (
            <span key={key} className={`${bone} h-10 max-w-full rounded-card ${width}`} />
          ))}
        </div>
        <div className="px-4 pt-2 pb-3 md:px-6">
          <div className={`${bone} mx-auto h-21 max-w-188 rounded-card`} />
        </div>
      </div>
      <div aria-hidden="true" className="hidden w-76 shrink-0 border-l border-line px-4 pt-4 min-[90rem]:block 2xl:w-80">
        <div className="flex items-center gap-3">
          <span className={`${bone} size-9 rounded-full`} />
          <span className={`${bone} h-3.5 w-32 rounded-control`} />
        </div>
        <div className="mt-5 flex flex-col gap-4">
          {["w-40", "w-48", "w-36"].map((width) => (
            <span key={width} className={`${bone} h-3.5 rounded-control ${width}`} />
          ))}
        </div>
      </div>
    </div>
  );
}

function Note({ icon, tone, title, body, role, words, reference, onRetry, children }) {
  const { search } = useLocation();
  const { open_conversation: wanted } = useParams();
  return (
    <div role={role} className="flex flex-1 flex-col items-start justify-center px-6 py-10 md:px-12">
      <span className={`inline-flex size-10 items-center justify-center rounded-card ${tone}`}>
        <Icon as={icon} size={20} />
      </span>
      <h2 className="mt-4 text-14 font-semibold">{title}</h2>
      <p className="mt-1 max-w-[52ch] text-14 text-pretty text-muted">{body}</p>
      {reference ? (
        <p className="mt-3 text-12 text-muted">
          {words.REFERENCE} <code className="font-mono text-ink select-all">{reference}</code>
        </p>
      ) : null}
      <div className="mt-4 flex flex-wrap gap-2">
        {onRetry ? (
          <button type="button" onClick={onRetry} className={SECONDARY}>
            <Icon as={RotateCw} />
            {words.RETRY}
          </button>
        ) : null}
        {children}
        {wanted ? (
          <Link to={`/inbox${search}`} className={`${SECONDARY} md:hidden`}>
            {words.BACK}
          </Link>
        ) : null}
      </div>
    </div>
  );
}

const CALM = "border border-line bg-sunken text-muted";

export function Stage({ stage, list, about, reference, movedTo, words, onRetry, children }) {
  const { search } = useLocation();
  const { open_conversation: wanted = "" } = useParams();
  const stale = about !== wanted;
  const late = useLate(stale, GRACE_MS);
  // Before the reply box that leaves the page saves what stood in it.
  useLayoutEffect(() => {
    if (stage === "moved" && about && movedTo) moveWriting(about, movedTo);
  }, [stage, about, movedTo]);
  if (stage === "ready" && wanted && !late) {
    return (
      <div className="flex min-h-0 min-w-0 flex-1" inert={stale}>
        {children}
      </div>
    );
  }
  // The list tells of its own failure, and teaches when it is empty.
  if (!wanted && list !== "ready") return null;
  if (stage === "failed" && !stale) {
    return (
      <Note
        role="alert"
        icon={CircleAlert}
        tone="bg-danger-soft text-danger-ink"
        title={words.ERROR_TITLE}
        body={words.ERROR_BODY}
        words={words}
        reference={reference}
        onRetry={onRetry}
      />
    );
  }
  if (!wanted) {
    return <Note icon={MessagesSquare} tone={CALM} title={words.PICK_TITLE} body={words.PICK_BODY} words={words} />;
  }
  if (stage === "moved" && !stale) {
    return (
      <Note role="alert" icon={Merge} tone={CALM} title={words.MOVED_TITLE} body={words.MOVED_BODY} words={words}>
        <Link to={`/inbox/${movedTo}${search}`} className={SECONDARY}>
          {words.MOVED_OPEN}
        </Link>
      </Note>
    );
  }
  if (stage === "missing" && !stale) {
    return (
      <Note
        role="alert"
        icon={SearchX}
        tone={CALM}
        title={words.MISSING_TITLE}
        body={words.MISSING_BODY}
        words={words}
      />
    );
  }
  return <Skeleton words={words} />;
}

// Keeps the title of the browser's tab: "(3) Inbox · Magpipe".
export function UnreadTitle({ count, title }) {
  const { pathname } = useLocation();
  useEffect(() => {
    const shown = count > 99 ? "99+" : count;
    document.title = count ? `(${shown}) ${title}` : title;
  }, [count, title, pathname]);
  return null;
}
