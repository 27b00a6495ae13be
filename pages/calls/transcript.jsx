// What was spoken in a call, line by line with who said it; while the call runs the end stays in sight.
import { useEffect, useRef } from "react";
import MessageSquareLock from "lucide-react/dist/esm/icons/message-square-lock.mjs";
import NotebookPen from "lucide-react/dist/esm/icons/notebook-pen.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { AgentMark, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { clock } from "$/public/external/pages/calls/parts/player.jsx";
import { Recordings, usePlaying } from "$/public/external/pages/calls/parts/recordings.jsx";
import { Translated } from "$/public/external/pages/inbox/parts/translated.jsx";
import { usePatched } from "$/public/external/pages/inbox/parts/live.jsx";

const add = (lines, { line }) => (lines.some((known) => known.id === line.id) ? lines : [...lines, line]);
// How near to the end still counts as reading along.
const NEAR_PX = 48;
const MORE =
  "inline-flex h-7 items-center self-start rounded-control px-2 text-13 font-medium text-accent-ink hover:bg-hover pointer-coarse:h-11";

// What people wrote beside the talk stands on paper of its own: nobody on the line heard it.
const ASIDE = { whisper: [MessageSquareLock, "WHISPERED"], note: [NotebookPen, "NOTED"] };

// Where somebody else took the caller, and where the agent did again.
const MOVES = { took: "TOOK", gave: "GAVE", held: "HELD", resumed: "RESUMED" };
const isUnspoken = (line) => Boolean(ASIDE[line.who] ?? MOVES[line.who]);

const PLACE =
  "tabular -my-1 inline-flex h-6 min-w-6 shrink-0 items-center rounded-control px-1 underline decoration-dotted underline-offset-2 " +
  "hover:text-ink pointer-coarse:-my-3 pointer-coarse:h-11 pointer-coarse:min-w-11 pointer-coarse:px-2";
// Who marks words to copy them does not want to hear them.
const isSelecting = () => Boolean(window.getSelection()?.toString());

function Move({ line, words }) {
  return (
    <p className="flex items-center gap-2 text-12 text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
      {words[MOVES[line.who]].replace("{name}", line.by)}
    </p>
  );
}

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
  const { recordings } = props;
  const [lines] = usePatched(first, feed, add, () => onOpen?.(callId));
  const playing = usePlaying(lines, recordings, isUnspoken);
  const box = useRef(null);
  const reading = useRef(true);
  useEffect(() => {
    if (isLive && reading.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isLive]);
  const speaker = { caller: callerName || words.CALLER, agent: agentName || words.AGENT, person: words.PERSON };
  useEffect(() => {
    // Only inside the box: the page itself stays where its reader is.
    const line = playing.spoken && !tall && box.current?.querySelector(`[data-line="${playing.spoken}"]`);
    if (line) box.current.scrollTo({ top: line.offsetTop - box.current.offsetTop - box.current.clientHeight / 3 });
  }, [playing.spoken, tall]);
  const heard = (
    <Recordings
      recordings={recordings}
      playing={playing}
      callerName={callerName}
      agentName={agentName}
      isLive={isLive}
      words={words}
    />
  );
  if (!lines.length) {
    return (
      <div className="flex flex-col gap-3">
        {heard}
        <p className="text-13 text-muted">{isLive ? words.NO_LINES_YET : words.NO_LINES}</p>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      {heard}
      <div
        ref={box}
        role="log"
        aria-live={isLive ? "polite" : "off"}
        aria-label={words.TRANSCRIPT}
        tabIndex={0}
        onScroll={({ currentTarget: at }) => {
          reading.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX;
        }}
        className={`flex flex-col gap-1 rounded-control ${tall ? "" : "max-h-80 overflow-y-auto overscroll-contain"}`}
      >
        {hasEarlier ? (
          <button type="button" className={MORE} onClick={() => onMore?.(true)}>
            {words.EARLIER}
          </button>
        ) : null}
        {lines.map((line) => ASIDE[line.who] ? (
          <Aside key={line.id} line={line} words={words} />
        ) : MOVES[line.who] ? (
          <Move key={line.id} line={line} words={words} />
        ) : (
          <div
            key={line.id}
            data-line={line.id}
            aria-current={playing.spoken === line.id ? "true" : undefined}
            onClick={playing.places.get(line.id) ? () => isSelecting() || playing.playFrom(line) : undefined}
            className={
              "-mx-2 flex gap-2 rounded-control px-2 py-1 text-14 aria-[current=true]:bg-accent-soft " +
              (playing.places.get(line.id) ? "cursor-pointer hover:bg-hover" : "")
            }
          >
            <span className="flex w-5 shrink-0 justify-center pt-0.5">{line.who === "agent" ? <AgentMark /> : null}</span>
            <div className="min-w-0 flex-1">
              <p className="flex items-baseline gap-2 text-12 text-muted">
                <span className="truncate font-medium text-ink">{(line.who === "person" && line.by) || (speaker[line.who] ?? words.CALLER)}</span>
                {playing.places.get(line.id) ? (
                  <button
                    type="button"
                    aria-label={words.PLAY_FROM.replace("{time}", clock(playing.places.get(line.id).seconds))}
                    className={PLACE}
                  >
                    {clock(playing.places.get(line.id).seconds)}
                  </button>
                ) : (
                  <Timestamp at={line.at} format="clock" className="shrink-0" />
                )}
                {line.is_interrupted ? <span className="shrink-0">· {words.INTERRUPTED}</span> : null}
              </p>
              <p className="break-words whitespace-pre-wrap text-ink">{line.text}</p>
              <Translated text={line.translation} language={line.translated_into} words={words} />
            </div>
          </div>
        ))}
        {hasLater ? (
          <button type="button" className={MORE} onClick={() => onMore?.(false)}>
            {words.LATER}
          </button>
        ) : null}
      </div>
    </div>
  );
}
