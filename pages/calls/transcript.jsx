// What was spoken in a call, line by line with who said it; while the call runs the end stays in sight.
import { useEffect, useRef } from "react";
import MessageSquareLock from "lucide-react/dist/esm/icons/message-square-lock.mjs";
import NotebookPen from "lucide-react/dist/esm/icons/notebook-pen.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { AgentMark, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { usePatched } from "$/public/external/pages/inbox/parts/live.jsx";

const add = (lines, { line }) => (lines.some((known) => known.id === line.id) ? lines : [...lines, line]);
// How near to the end still counts as reading along.
const NEAR_PX = 48;
const MORE =
  "inline-flex h-7 items-center self-start rounded-control px-2 text-13 font-medium text-accent-ink hover:bg-hover pointer-coarse:h-11";

// What people wrote beside the talk stands on paper of its own: nobody on the line heard it.
const ASIDE = { whisper: [MessageSquareLock, "WHISPERED"], note: [NotebookPen, "NOTED"] };

function Aside({ line, words }) {
  const [face, title] = ASIDE[line.who];
  return (
    <div className="rounded-control border border-warning bg-warning-soft px-2.5 py-1.5 text-14">
      <p className="flex items-center gap-1.5 text-12 text-muted">
        <Icon as={face} size={12} />
        <span className="truncate font-medium text-ink">{words[title].replace("{name}", line.by)}</span>
        <Timestamp at={line.at} format="clock" className="shrink-0" />
      </p>
      <p className="break-words whitespace-pre-wrap text-ink">{line.text}</p>
    </div>
  );
}

export function Transcript(props) {
  const { callId, lines: first, feed, hasEarlier, hasLater, callerName, agentName, isLive, tall, words, onMore, onOpen } = props;
  const [lines] = usePatched(first, feed, add, () => onOpen?.(callId));
  const box = useRef(null);
  const reading = useRef(true);
  useEffect(() => {
    if (isLive && reading.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isLive]);
  const speaker = { caller: callerName || words.CALLER, agent: agentName || words.AGENT, person: words.PERSON };
  if (!lines.length) {
    return <p className="text-13 text-muted">{isLive ? words.NO_LINES_YET : words.NO_LINES}</p>;
  }
  return (
    <div
      ref={box}
      role="log"
      aria-live={isLive ? "polite" : "off"}
      aria-label={words.TRANSCRIPT}
      tabIndex={0}
      onScroll={({ currentTarget: at }) => {
        reading.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX;
      }}
      className={`flex flex-col gap-3 rounded-control ${tall ? "" : "max-h-80 overflow-y-auto overscroll-contain"}`}
    >
      {hasEarlier ? (
        <button type="button" className={MORE} onClick={() => onMore?.(true)}>
          {words.EARLIER}
        </button>
      ) : null}
      {lines.map((line) => ASIDE[line.who] ? (
        <Aside key={line.id} line={line} words={words} />
      ) : (
        <div key={line.id} className="flex gap-2 text-14">
          <span className="flex w-5 shrink-0 justify-center pt-0.5">{line.who === "agent" ? <AgentMark /> : null}</span>
          <div className="min-w-0 flex-1">
            <p className="flex items-baseline gap-2 text-12 text-muted">
              <span className="truncate font-medium text-ink">{speaker[line.who] ?? words.CALLER}</span>
              <Timestamp at={line.at} format="clock" className="shrink-0" />
              {line.is_interrupted ? <span className="shrink-0">· {words.INTERRUPTED}</span> : null}
            </p>
            <p className="break-words whitespace-pre-wrap text-ink">{line.text}</p>
          </div>
        </div>
      ))}
      {hasLater ? (
        <button type="button" className={MORE} onClick={() => onMore?.(false)}>
          {words.LATER}
        </button>
      ) : null}
    </div>
  );
}
