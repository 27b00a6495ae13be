// Hear a recording: its two sides as waves to click into, how fast, and where in it one is; what plays says the time.
import { useEffect, useRef, useState } from "react";
import Download from "lucide-react/dist/esm/icons/download.mjs";
import Pause from "lucide-react/dist/esm/icons/pause.mjs";
import Play from "lucide-react/dist/esm/icons/play.mjs";
import RotateCcw from "lucide-react/dist/esm/icons/rotate-ccw.mjs";
import RotateCw from "lucide-react/dist/esm/icons/rotate-cw.mjs";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const SPEEDS = [1, 1.25, 1.5, 2];
const SKIP_S = 10;
// How far an arrow key goes.
const STEP_S = 5;
const ROUND =
  "inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11";

const WORDED = ROUND.replace("size-8", "h-8 min-w-11 gap-0.5 px-1.5").replace("pointer-coarse:size-11", "pointer-coarse:h-11");

export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

// The bars of one side as a path in a box of `count` by 50: the caller's grow up from the middle, ours down.
const bars = (peaks, up, loudest) =>
  peaks
    .map((loud, at) => {
      const height = Math.max((loud / loudest) * 48, 0.6);
      return `M${at + 0.5} 50V${up ? 50 - height : 50 + height}`;
    })
    .join("");

function Waves({ peaks, share }) {
  if (!peaks?.length) return null;
  const count = peaks[0].length;
  // As tall as the box, however softly the line carries.
  const loudest = Math.max(20, ...peaks.flat());
  const paths = peaks.slice(0, 2).map((side, at) => bars(side, at === 0, loudest));
  const drawn = (className) =>
    paths.map((path, at) => <path key={at} d={path} className={className} strokeWidth="0.6" />);
  return (
    <svg viewBox={`0 0 ${count} 100`} preserveAspectRatio="none" aria-hidden="true" className="absolute inset-0 size-full">
      <g>{drawn("stroke-control")}</g>
      <g style={{ clipPath: `inset(0 ${100 - share * 100}% 0 0)` }}>{drawn("stroke-accent")}</g>
    </svg>
  );
}

function usePeaks(id) {
  const [peaks, setPeaks] = useState(null);
  useEffect(() => {
    const stopping = new AbortController();
    setPeaks(null);
    // Without waves the player still plays.
    fetch(`/api/recordings/${id}/peaks`, { signal: stopping.signal })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((found) => found && setPeaks(found.peaks))
      .catch(() => {});
    return () => stopping.abort();
  }, [id]);
  return peaks;
}

// `jump` is where to go on from ({ id, seconds }), each time a new one; `onTime` hears where one is, null at rest.
export function Player({ recording, jump, above, below, words, onTime }) {
  const audio = useRef(null);
  const wave = useRef(null);
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(0);
  const [failed, setFailed] = useState(false);
  const peaks = usePeaks(recording.id);
  const length = recording.duration_ms / 1000;
  const source = `/api/recordings/${recording.id}`;

  const tell = (seconds) => {
    setAt(seconds);
    onTime?.(recording.id, seconds);
  };
  const seek = (seconds) => {
    const to = Math.min(Math.max(0, seconds), length);
    if (audio.current) audio.current.currentTime = to;
    tell(to);
  };
  const play = () => {
    setFailed(false);
    audio.current?.play().catch((why) => why.name === "AbortError" || setFailed(true));
  };
  const toggle = () => (playing ? audio.current?.pause() : play());
  useEffect(() => {
    if (!jump || jump.id !== recording.id) return;
    seek(jump.seconds);
    play();
  }, [jump]);
  useEffect(() => {
    if (!playing) return undefined;
    // The element itself tells only four times a second.
    const timer = setInterval(() => audio.current && tell(audio.current.currentTime), 100);
    return () => clearInterval(timer);
  }, [playing]);

  const onKey = (event) => {
    const steps = { ArrowLeft: at - STEP_S, ArrowDown: at - STEP_S, ArrowRight: at + STEP_S, ArrowUp: at + STEP_S };
    const to = { ...steps, PageDown: at - 30, PageUp: at + 30, Home: 0, End: length }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      seek(to);
    } else if (event.key === " ") {
      event.preventDefault();
      toggle();
    }
  };
  const drag = (event) => {
    const box = wave.current.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * length);
  };

  return (
    <div role="group" aria-label={words.RECORDING} className="flex flex-col gap-2 rounded-card border border-line bg-sunken p-3">
      <audio
        ref={audio}
        src={source}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => tell(0)}
        onError={() => setFailed(true)}
      />
      <div className="flex items-center gap-3">
        <button
          type="button"
          aria-label={playing ? words.PAUSE : words.PLAY}
          onClick={toggle}
          className="inline-flex size-10 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent hover:bg-accent-hover pointer-coarse:size-11"
        >
          <Icon as={playing ? Pause : Play} size={18} />
        </button>
        <div className="flex min-w-0 flex-1 flex-col">
          {recording.channels === 2 ? <span className="truncate text-12 text-muted">{above}</span> : null}
          <div
            ref={wave}
            role="slider"
            tabIndex={0}
            aria-label={words.POSITION}
            aria-valuemin={0}
            aria-valuemax={Math.round(length)}
            aria-valuenow={Math.round(at)}
            aria-valuetext={`${clock(at)} / ${clock(length)}`}
            onKeyDown={onKey}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              drag(event);
            }}
            onPointerMove={(event) => event.buttons && drag(event)}
            className="relative h-14 w-full cursor-pointer touch-none rounded-control"
          >
            <span aria-hidden="true" className="absolute inset-x-0 top-1/2 h-px bg-line" />
            <Waves peaks={peaks} share={length ? at / length : 0} />
            <span
              aria-hidden="true"
              style={{ left: `${length ? (at / length) * 100 : 0}%` }}
              className="absolute inset-y-0 w-0.5 -translate-x-1/2 rounded-full bg-accent"
            />
          </div>
          {recording.channels === 2 ? <span className="truncate text-12 text-muted">{below}</span> : null}
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-1">
        <span className="tabular mr-auto text-13 text-muted">
          {clock(at)} / {clock(length)}
        </span>
        <button type="button" aria-label={words.BACK_10} className={WORDED} onClick={() => seek(at - SKIP_S)}>
          <Icon as={RotateCcw} />
          <span aria-hidden="true" className="tabular text-12">
            {SKIP_S}
          </span>
        </button>
        <button type="button" aria-label={words.FORWARD_10} className={WORDED} onClick={() => seek(at + SKIP_S)}>
          <span aria-hidden="true" className="tabular text-12">
            {SKIP_S}
          </span>
          <Icon as={RotateCw} />
        </button>
        <button
          type="button"
          aria-label={`${words.SPEED}: ${SPEEDS[speed]}×`}
          className={`${WORDED} tabular text-13 font-medium`}
          onClick={() => {
            const next = (speed + 1) % SPEEDS.length;
            setSpeed(next);
            if (audio.current) audio.current.playbackRate = SPEEDS[next];
          }}
        >
          {SPEEDS[speed]}×
        </button>
        <a href={`${source}?download=true`} download aria-label={words.DOWNLOAD} className={ROUND}>
          <Icon as={Download} />
        </a>
      </div>
      {failed ? (
        <p role="alert" className="text-13 text-danger-ink">
          {words.RECORDING_FAILED}
        </p>
      ) : null}
    </div>
  );
}
