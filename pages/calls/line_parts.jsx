// A line that a person holds at their browser: its state, its keys, its devices. Shared by every call of that kind.
import { useEffect, useRef, useState } from "react";
import Grip from "lucide-react/dist/esm/icons/grip.mjs";
import Mic from "lucide-react/dist/esm/icons/mic.mjs";
import MicOff from "lucide-react/dist/esm/icons/mic-off.mjs";
import PhoneOff from "lucide-react/dist/esm/icons/phone-off.mjs";
import Settings2 from "lucide-react/dist/esm/icons/settings-2.mjs";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { choose, chosen } from "$/public/external/pages/calls/parts/devices.js";
import { PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { VoiceLine, devices } from "$/public/voice-line.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ", 0: "+" };
export const DANGER = PRIMARY.replace("bg-accent text-on-accent hover:bg-accent-hover", "bg-danger text-on-danger hover:bg-danger-hover");

// A line and how it stands: idle, ringing (being opened), open, over. `told` is given all that the other end tells.
export function useVoiceLine(told) {
  const [stage, setStage] = useState("idle");
  const [problem, setProblem] = useState("");
  const [hasMicrophone, setHasMicrophone] = useState(true);
  const [isMuted, setIsMuted] = useState(false);
  const [openedAt, setOpenedAt] = useState(0);
  const [lasted, setLasted] = useState(0);
  const line = useRef(null);
  const meter = useRef(null);
  const hears = useRef(told);
  hears.current = told;
  const opened = useRef(0);

  const end = (reason) => {
    setProblem(reason);
    setLasted(opened.current ? Date.now() - opened.current : 0);
    setStage("over");
    line.current = null;
  };

  // To be called in the click: browsers give sound and microphone to a person's own act.
  const begin = (options = {}) => {
    const made = new VoiceLine();
    line.current = made;
    opened.current = 0;
    setStage("ringing");
    setProblem("");
    setIsMuted(false);
    setOpenedAt(0);
    made.addEventListener("microphone", ({ detail }) => setHasMicrophone(detail.has));
    made.addEventListener("told", ({ detail }) => {
      if (detail.event === "ready") {
        opened.current = Date.now();
        setOpenedAt(opened.current);
        setStage("open");
      }
      hears.current?.(detail, made);
    });
    made.addEventListener("level", ({ detail }) => meter.current?.style.setProperty("--level", detail.mine.toFixed(2)));
    made.addEventListener("closed", ({ detail }) => line.current === made && end(detail.reason || (detail.lost ? "lost" : "")));
    const ready = made.prepare({ microphone: chosen("microphone"), speaker: chosen("speaker"), ...options });
    // Whether the line may be opened: a person may take their time to allow the microphone, or hang up meanwhile.
    return ready.then(
      () => line.current === made,
      () => {
        made.close();
        return false;
      },
    );
  };

  const connect = (url, pass) => {
    const made = line.current;
    made?.connect(url, pass);
  };

  const refuse = (reason) => {
    const made = line.current;
    line.current = null;
    made?.close();
    end(reason);
  };

  const hangUp = () => {
    const made = line.current;
    made?.close();
  };

  useEffect(() => () => line.current?.close(), []);

  return {
    stage, problem, hasMicrophone, isMuted, openedAt, lasted, meter,
    begin, connect, refuse, hangUp,
    current: () => line.current,
    mute: (next) => {
      line.current?.mute(next);
      setIsMuted(next);
    },
    press: (key) => line.current?.press(key),
    pick: (kind, id) => {
      choose(kind, id);
      if (kind === "microphone") line.current?.setMicrophone(id);
      else line.current?.setSpeaker(id);
    },
  };
}

// A clock that runs while a line is open.
export function useNow(isRunning) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isRunning) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}

export function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export function Keypad({ onPress, large = false }) {
  return (
    <div className={`grid grid-cols-3 ${large ? "gap-2" : "max-w-60 gap-1.5"}`}>
      {KEYS.map((key) => (
        <button
          key={key}
          type="button"
          onClick={() => onPress(key)}
          className={`flex flex-col items-center justify-center rounded-control border border-control bg-canvas text-ink hover:bg-hover ${
            large ? "h-13" : "h-11"
          }`}
        >
          <span className="text-16 font-medium">{key}</span>
          {LETTERS[key] ? <span className="-mt-0.5 text-12 text-muted" aria-hidden="true">{LETTERS[key]}</span> : null}
        </button>
      ))}
    </div>
  );
}

// How loud the person is, as a bar: proof that the right microphone is heard. `meter` sets --level.
export function Level({ meter, words }) {
  return (
    <span role="img" aria-label={words.LEVEL} className="inline-flex h-1.5 w-14 overflow-hidden rounded-full bg-hover">
      <span
        ref={meter}
        className="h-full w-full origin-left rounded-full bg-success transition-transform duration-75"
        style={{ transform: "scaleX(var(--level, 0))" }}
      />
    </span>
  );
}

// Which microphone and which speaker; a choice of one is none and is not shown.
export function Devices({ onPick, words }) {
  const [isOpen, setIsOpen] = useState(false);
  const [known, setKnown] = useState({ microphones: [], speakers: [] });
  useEffect(() => {
    if (!isOpen) return undefined;
    const look = () => devices().then(setKnown);
    look();
    navigator.mediaDevices?.addEventListener("devicechange", look);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", look);
  }, [isOpen]);
  const pick = (kind, label, options) => (
    <label key={kind} className="flex flex-col gap-1 text-13 text-muted">
      {label}
      <select
        defaultValue={chosen(kind)}
        onChange={({ target }) => onPick(kind, target.value)}
        className="h-8 w-64 max-w-full rounded-control border border-control bg-canvas px-2 text-13 text-ink pointer-coarse:h-11"
      >
        <option value="">{words.DEFAULT}</option>
        {options.filter((one) => one.id !== "default").map((one, place) => (
          <option key={one.id} value={one.id}>
            {one.label || `${label} ${place + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger label={words.DEVICES} className={`${SECONDARY} w-8 px-0 pointer-coarse:w-11`}>
        <Icon as={Settings2} />
      </PopoverTrigger>
      <PopoverBody align="end" label={words.DEVICES} className="flex flex-col gap-3 p-3">
        {pick("microphone", words.MICROPHONE, known.microphones)}
        {known.speakers.length ? pick("speaker", words.SPEAKER, known.speakers) : null}
      </PopoverBody>
    </Popover>
  );
}

// What a person does with an open line: mute, keys, devices, hang up.
export function Controls({ voice, words, onPress, hasKeypad = true }) {
  const [hasKeys, setHasKeys] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      {hasKeys ? <Keypad onPress={onPress ?? voice.press} /> : null}
      <div className="flex flex-wrap items-center gap-2">
        {voice.hasMicrophone ? (
          <>
            <button type="button" aria-pressed={voice.isMuted} className={`${SECONDARY} h-8`} onClick={() => voice.mute(!voice.isMuted)}>
              <Icon as={voice.isMuted ? MicOff : Mic} size={14} className={voice.isMuted ? "text-danger-ink" : ""} />
              {voice.isMuted ? words.UNMUTE : words.MUTE}
            </button>
            <Level meter={voice.meter} words={words} />
          </>
        ) : null}
        {hasKeypad ? (
          <button type="button" aria-expanded={hasKeys} className={`${SECONDARY} h-8`} onClick={() => setHasKeys(!hasKeys)}>
            <Icon as={Grip} size={14} />
            {words.KEYPAD}
          </button>
        ) : null}
        <Devices onPick={voice.pick} words={words} />
        <button type="button" className={`${DANGER} ml-auto h-8`} onClick={voice.hangUp}>
          <Icon as={PhoneOff} size={14} />
          {words.HANG_UP}
        </button>
      </div>
    </div>
  );
}
