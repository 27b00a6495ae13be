// The line of this page into a call that an agent holds: to listen in, or to speak instead of the agent.
// It is the page's own and not of what draws it, so that a card that scrolls out of sight ends nothing; leaving the page does.
import { useEffect, useState, useSyncExternalStore } from "react";
import Ear from "lucide-react/dist/esm/icons/ear.mjs";
import EarOff from "lucide-react/dist/esm/icons/ear-off.mjs";
import Mic from "lucide-react/dist/esm/icons/mic.mjs";
import MicOff from "lucide-react/dist/esm/icons/mic-off.mjs";
import Pause from "lucide-react/dist/esm/icons/pause.mjs";
import Play from "lucide-react/dist/esm/icons/play.mjs";
import Undo2 from "lucide-react/dist/esm/icons/undo-2.mjs";
import { GHOST, PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { VoiceLine } from "$/public/voice-line.js";

const IDLE = { stage: "idle", callId: "", door: "", problem: "", isMuted: false, hasMicrophone: true };
const LOOK_MS = 500;
const FIELD =
  "h-8 min-w-0 flex-1 rounded-control border border-control bg-canvas px-2 text-14 text-ink placeholder:text-muted pointer-coarse:h-11 pointer-coarse:text-16";

let now = IDLE;
let line = null;
let ready = null;
let watch = 0;
const watchers = new Set();

function set(change) {
  now = { ...now, ...change };
  watchers.forEach((tell) => tell());
}

const subscribe = (tell) => {
  watchers.add(tell);
  return () => watchers.delete(tell);
};

export const useInside = () => useSyncExternalStore(subscribe, () => now, () => IDLE);

// To be called in the click: browsers give sound and microphone to a person's own act.
function begin(callId, door) {
  leave();
  const made = new VoiceLine();
  const path = window.location.pathname;
  line = made;
  set({ ...IDLE, stage: "opening", callId, door });
  made.addEventListener("microphone", ({ detail }) => line === made && set({ hasMicrophone: detail.has }));
  made.addEventListener("told", ({ detail }) => line === made && detail.event === "ready" && set({ stage: "open" }));
  made.addEventListener("closed", ({ detail }) => line === made && over(detail.reason || (detail.lost ? "lost" : "")));
  ready = made.prepare({ microphone: door === "speak" ? "" : false, live: true });
  watch = setInterval(() => window.location.pathname !== path && leave(), LOOK_MS);
}

function over(problem) {
  clearInterval(watch);
  line = null;
  set({ ...IDLE, problem });
}

export function leave() {
  const made = line;
  if (!made) return;
  over("");
  made.close();
}

// Go through the door once the pass for it is there.
export async function goIn({ url, shown, problem }) {
  const made = line;
  if (!made) return;
  if (problem) {
    over(problem);
    made.close();
    return;
  }
  try {
    await ready;
    made.connect(url, shown);
  } catch {
    over("lost");
    made.close();
  }
}

function Say({ words }) {
  const [text, setText] = useState("");
  return (
    <form
      className="flex items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!text.trim()) return;
        line?.say(text.trim());
        setText("");
      }}
    >
      <input
        value={text}
        aria-label={words.SAY_LABEL}
        placeholder={words.SAY_LABEL}
        autoComplete="off"
        maxLength={500}
        onChange={(event) => setText(event.target.value)}
        className={FIELD}
      />
      <button type="submit" disabled={!text.trim()} className={`${SECONDARY} h-8 shrink-0 disabled:opacity-50`}>
        {words.SAY_SEND}
      </button>
    </form>
  );
}

function Speaking({ inside, words }) {
  const toggle = () => {
    line?.mute(!inside.isMuted);
    set({ isMuted: !inside.isMuted });
  };
  return (
    <div className="flex flex-col gap-2 rounded-control border border-accent bg-accent-soft p-3">
      <p role="status" className="text-14 font-medium text-ink">
        {words.YOU_SPEAK}
      </p>
      <p className="text-12 text-muted">{inside.hasMicrophone ? words.YOU_SPEAK_HINT : words.NO_MICROPHONE}</p>
      <Say words={words} />
      <div className="flex flex-wrap items-center gap-2">
        {inside.hasMicrophone ? (
          <button type="button" aria-pressed={inside.isMuted} className={`${SECONDARY} h-8`} onClick={toggle}>
            <Icon as={inside.isMuted ? MicOff : Mic} size={14} className={inside.isMuted ? "text-danger-ink" : ""} />
            {inside.isMuted ? words.UNMUTE : words.MUTE}
          </button>
        ) : null}
        <button type="button" className={`${PRIMARY} ml-auto h-8`} onClick={leave}>
          <Icon as={Undo2} size={14} />
          {words.HAND_BACK}
        </button>
      </div>
    </div>
  );
}

export function Inside({ callId, opening, takenBy, onHold, words, onComeIn, onAsk }) {
  const inside = useInside();
  const mine = inside.callId === callId ? inside : IDLE;
  useEffect(() => {
    if (opening.number && opening.call_id === callId && mine.stage === "opening" && opening.door === mine.door) goIn(opening);
  }, [opening.number]);
  const come = (door) => {
    begin(callId, door);
    onComeIn(callId, door);
  };
  if (mine.stage === "open" && mine.door === "speak") return <Speaking inside={mine} words={words} />;
  const opens = mine.stage === "opening";
  const hears = mine.stage === "open";
  const problem = inside.stage === "idle" ? inside.problem : "";
  return (
    <div className="flex flex-col gap-2">
      {takenBy ? (
        <p role="status" className="text-13 text-ink">
          {(onHold ? words.HELD_BY : words.TAKEN_BY).replace("{name}", takenBy)}
        </p>
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        <button
          type="button"
          aria-pressed={hears}
          disabled={opens}
          className={`${hears ? SECONDARY : GHOST} -ml-0.5 disabled:opacity-50`}
          onClick={() => (hears ? leave() : come("listen"))}
        >
          <Icon as={hears ? EarOff : Ear} size={14} />
          {hears ? words.STOP_LISTENING : words.LISTEN}
        </button>
        {takenBy ? null : (
          <button type="button" disabled={opens} className={`${SECONDARY} disabled:opacity-50`} onClick={() => come("speak")}>
            <Icon as={Mic} size={14} />
            {words.TAKE_OVER}
          </button>
        )}
        {onHold || !takenBy ? (
          <button type="button" disabled={opens} className={`${onHold ? PRIMARY : GHOST} disabled:opacity-50`} onClick={() => onAsk(callId, onHold ? "resume" : "hold", "")}>
            <Icon as={onHold ? Play : Pause} size={14} />
            {onHold ? words.RESUME : words.HOLD}
          </button>
        ) : null}
        <span role="status" className="text-13 text-muted">
          {opens ? words.CONNECTING : hears ? words.YOU_HEAR : ""}
        </span>
      </div>
      {problem ? (
        <p role="alert" className="text-13 text-danger-ink">
          {problem === "lost" ? words.LINE_LOST : problem}
        </p>
      ) : null}
    </div>
  );
}
