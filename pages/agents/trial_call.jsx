// Call an agent's draft: what is said stands as it comes, and what a caller would say can be spoken or typed.
import { useEffect, useRef, useState } from "react";
import Phone from "lucide-react/dist/esm/icons/phone.mjs";
import Wrench from "lucide-react/dist/esm/icons/wrench.mjs";
import { Controls, clock, useNow, useVoiceLine } from "$/public/external/pages/calls/parts/line_parts.jsx";
import { PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { AgentMark, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const ENDINGS = { agent_ended: "ENDED_BY_AGENT", silence: "ENDED_BY_SILENCE", time_up: "ENDED_BY_TIME", broken: "ENDED_BROKEN" };
const STATES = { listening: "LISTENING", thinking: "THINKING", speaking: "SPEAKING" };

// A voice of this machine itself, which says what the stand-in cannot: no word leaves for it.
function localVoice(language) {
  const voices = window.speechSynthesis?.getVoices().filter((one) => one.localService) ?? [];
  return voices.find((one) => one.lang.startsWith(language)) ?? (language ? null : voices[0]) ?? null;
}

// A line that grows is shown where it stood; when it is whole, its final words take that place.
function grown(lines, { who, text, is_final: isFinal, is_interrupted: isInterrupted }) {
  const open = lines.findIndex((one) => one.who === who && !one.isFinal);
  const line = { who, text, isFinal, isInterrupted };
  if (!text && !isFinal) return lines;
  if (open < 0) return [...lines, line];
  return isFinal
    ? [...lines.slice(0, open), ...lines.slice(open + 1), line]
    : lines.map((one, place) => (place === open ? line : one));
}

function Captions({ lines, name, words }) {
  const end = useRef(null);
  useEffect(() => {
    end.current?.parentElement.scrollTo({ top: end.current.offsetTop });
  }, [lines]);
  return (
    <div role="log" aria-live="polite" aria-label={words.CAPTIONS} tabIndex={0} className="relative flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-4">
      {lines.map((line, place) =>
        line.tool ? (
          <p key={place} className="flex items-center gap-1.5 text-12 text-muted">
            <Icon as={Wrench} size={12} />
            {words.USED.replace("{tool}", line.tool)}
          </p>
        ) : (
          <div key={place} className="flex gap-2 text-14">
            <span className="flex w-5 shrink-0 justify-center pt-0.5">{line.who === "agent" ? <AgentMark /> : null}</span>
            <div className="min-w-0 flex-1">
              <p className="text-12 text-muted">
                <span className="font-medium text-ink">{line.who === "agent" ? name : words.CALLER}</span>
                {line.isInterrupted ? ` · ${words.INTERRUPTED}` : ""}
              </p>
              <p className={`break-words whitespace-pre-wrap ${line.isFinal ? "text-ink" : "text-muted"}`}>{line.text}</p>
            </div>
          </div>
        ),
      )}
      <span ref={end} />
    </div>
  );
}

export function TrialCall({ opening, agentName, words, line: lineWords, onBegin, onWhy }) {
  const [lines, setLines] = useState([]);
  const [state, setState] = useState("");
  const [standIns, setStandIns] = useState([]);
  const [ending, setEnding] = useState("");
  const [text, setText] = useState("");
  const voiceOf = useRef(null);
  const last = useRef(opening.n);
  const write = useRef(null);
  const named = (key) => words[key].replaceAll("{name}", agentName);

  const voice = useVoiceLine((told, line) => {
    if (told.event === "ready") {
      setStandIns(told.stand_ins);
      voiceOf.current = told.stand_ins.includes("voice") ? localVoice(told.language) : null;
      if (voiceOf.current) line.setVolume(0);
    } else if (told.event === "caption") setLines((known) => grown(known, told));
    else if (told.event === "state") setState(told.state);
    else if (told.event === "tool") setLines((known) => [...known, { tool: told.name.replaceAll("_", " "), isFinal: true }]);
    else if (told.event === "why") onWhy?.(told.turn);
    else if (told.event === "ended") setEnding(told.ending);
    else if (told.event === "clear") window.speechSynthesis?.cancel();
    else if (told.event === "speaks" && voiceOf.current) {
      const said = new SpeechSynthesisUtterance(told.text);
      said.voice = voiceOf.current;
      window.speechSynthesis.speak(said);
    }
  });
  const { stage } = voice;
  const now = useNow(stage === "open");

  // Browsers load their voices when they are first asked for them.
  useEffect(() => {
    window.speechSynthesis?.getVoices();
    return () => window.speechSynthesis?.cancel();
  }, []);
  useEffect(() => {
    if (opening.n === last.current) return;
    last.current = opening.n;
    if (opening.problem) voice.refuse(opening.problem);
    else voice.connect(opening.url, opening.pass);
  }, [opening.n]);
  useEffect(() => {
    if (stage === "over") window.speechSynthesis?.cancel();
    if (stage === "open" && (!voice.hasMicrophone || standIns.includes("ear"))) write.current?.focus();
  }, [stage]);

  const call = () => {
    setLines([]);
    setState("");
    setEnding("");
    setText("");
    voice.begin().then((isReady) => isReady && onBegin?.());
  };
  const say = (event) => {
    event.preventDefault();
    const said = text.trim();
    if (!said) return;
    voice.current()?.say(said);
    setText("");
  };

  if (stage === "idle") {
    return (
      <div className="flex flex-1 flex-col items-center justify-center gap-4 p-6 text-center">
        <span className="inline-flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent-ink">
          <Icon as={Phone} size={20} />
        </span>
        <p className="max-w-80 text-14 text-muted">{named("IDLE")}</p>
        <button type="button" className={`${PRIMARY} h-9 px-4 text-14`} onClick={call}>
          <Icon as={Phone} />
          {named("CALL")}
        </button>
      </div>
    );
  }
  const isOver = stage === "over";
  const why = voice.problem === "lost" ? lineWords.LOST : voice.problem || named(ENDINGS[ending] ?? "ENDED");
  const stands = isOver ? why : stage === "ringing" ? lineWords.CONNECTING : named(STATES[state] ?? "LISTENING");
  const note = !voice.hasMicrophone
    ? words.NO_MICROPHONE
    : standIns.includes("ear")
      ? named("STAND_IN")
      : standIns.includes("voice")
        ? words.STAND_IN_VOICE
        : "";
  return (
    <>
      <div className="flex min-h-11 items-center gap-3 border-b border-line px-4 py-2">
        <span role="status" className={`min-w-0 flex-1 text-13 font-medium ${isOver && voice.problem ? "text-danger-ink" : "text-ink"}`}>
          {stands}
        </span>
        <span className="tabular text-13 text-muted">{isOver ? (voice.lasted ? clock(voice.lasted) : "") : voice.openedAt ? clock(now - voice.openedAt) : ""}</span>
      </div>
      {stage === "open" && note ? <p className="border-b border-line bg-info-soft px-4 py-2 text-13 text-info-ink">{note}</p> : null}
      <Captions lines={lines} name={agentName} words={words} />
      {isOver ? (
        <div className="border-t border-line p-3">
          <button type="button" className={`${PRIMARY} h-8`} onClick={call}>
            <Icon as={Phone} size={14} />
            {words.AGAIN}
          </button>
        </div>
      ) : (
        <div className="flex flex-col gap-3 border-t border-line p-3">
          {stage === "open" ? (
            <form onSubmit={say} className="flex gap-2">
              <input
                ref={write}
                value={text}
                onChange={({ target }) => setText(target.value)}
                aria-label={words.WRITE}
                placeholder={words.WRITE}
                maxLength={1600}
                autoComplete="off"
                className="h-8 min-w-0 flex-1 rounded-control border border-control bg-canvas px-2.5 text-14 text-ink placeholder:text-faint pointer-coarse:h-11 pointer-coarse:text-16"
              />
              <button type="submit" className={`${SECONDARY} h-8`}>
                {words.SEND}
              </button>
            </form>
          ) : null}
          <Controls voice={voice} words={lineWords} hasKeypad={stage === "open"} />
        </div>
      )}
    </>
  );
}
