// Call a telephone from the browser: the keys of /phone, and the call itself, which stays in sight on every page.
import { useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { Link } from "react-router";
import ChevronsDownUp from "lucide-react/dist/esm/icons/chevrons-down-up.mjs";
import ChevronsUpDown from "lucide-react/dist/esm/icons/chevrons-up-down.mjs";
import Check from "lucide-react/dist/esm/icons/check.mjs";
import Delete from "lucide-react/dist/esm/icons/delete.mjs";
import Monitor from "lucide-react/dist/esm/icons/monitor.mjs";
import Phone from "lucide-react/dist/esm/icons/phone.mjs";
import PhoneIncoming from "lucide-react/dist/esm/icons/phone-incoming.mjs";
import PhoneMissed from "lucide-react/dist/esm/icons/phone-missed.mjs";
import PhoneOutgoing from "lucide-react/dist/esm/icons/phone-outgoing.mjs";
import Smartphone from "lucide-react/dist/esm/icons/smartphone.mjs";
import UserPlus from "lucide-react/dist/esm/icons/user-plus.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import * as desk from "$/public/external/pages/calls/parts/desk_line.js";
import { Controls, Keypad, clock, useNow } from "$/public/external/pages/calls/parts/line_parts.jsx";
import { Parties } from "$/public/external/pages/calls/parts/parties.jsx";
import { Writing } from "$/public/external/pages/calls/parts/step_in.jsx";
import { GHOST, PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const useDesk = () => useSyncExternalStore(desk.subscribe, desk.snapshot, desk.snapshot);
const LIVE = ["", "initiated", "ringing", "in_progress"];
const REASONS = { put_down: "PUT_DOWN" };

const FIELD =
  "h-9 w-full min-w-0 rounded-control border border-control bg-canvas px-2.5 text-ink placeholder:text-faint pointer-coarse:h-11";

function Recents({ rows, words, time, onPick }) {
  if (!rows.length) return <p className="px-2 text-13 text-muted">{words.NO_RECENT}</p>;
  return (
    <ul className="flex flex-col">
      {rows.map((row) => {
        const [picture, tint, word] = row.is_missed
          ? [PhoneMissed, "text-danger-ink", words.MISSED]
          : row.direction === "inbound"
            ? [PhoneIncoming, "text-muted", words.INBOUND]
            : [PhoneOutgoing, "text-muted", words.OUTBOUND];
        const name = row.name || row.display;
        return (
          <li key={row.id}>
            <button
              type="button"
              onClick={() => onPick(row.number)}
              aria-label={words.CALL_AGAIN.replace("{name}", name)}
              className="flex h-9 w-full items-center gap-2 rounded-control px-2 text-left text-13 hover:bg-hover pointer-coarse:h-11"
            >
              <span title={word} className={tint}>
                <Icon as={picture} size={14} />
              </span>
              <span className={`min-w-0 flex-1 truncate ${row.is_missed ? "text-danger-ink" : "text-ink"}`}>{name}</span>
              <Timestamp at={row.at} format="relative" {...time} className="shrink-0 text-12 text-muted" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

// Whether a person talks at the browser or on their own phone, as they chose last.
const CHOICE = "magpipe.calls-with";
const BROWSER = "browser";
const OWN = "own";

function TalkOn({ words, value, ownNumber, isChanging, own, onChoose, onChange, onOwn }) {
  const choices = [
    [BROWSER, words.BROWSER, Monitor],
    [OWN, words.OWN_PHONE, Smartphone],
  ];
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-13 font-medium text-ink">{words.WITH}</legend>
      <div className="grid grid-cols-2 gap-2">
        {choices.map(([name, word, face]) => (
          <label
            key={name}
            className="flex h-9 items-center gap-1.5 rounded-control border border-control px-2.5 text-13 text-muted has-checked:border-accent has-checked:bg-accent-soft has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent pointer-coarse:h-11"
          >
            <input type="radio" name="talk-on" value={name} checked={value === name} onChange={() => onChoose(name)} className="sr-only" />
            <Icon as={value === name ? Check : face} size={14} className="shrink-0" />
            {word}
          </label>
        ))}
      </div>
      {value === OWN ? (
        ownNumber && !isChanging ? (
          <div className="flex items-center gap-2">
            <p className="min-w-0 flex-1 text-13 text-muted">
              {words.OWN_NUMBER}
              <span className="tabular block truncate text-14 text-ink">{ownNumber}</span>
            </p>
            <button type="button" onClick={onChange} className={`${GHOST} shrink-0`}>
              {words.CHANGE}
            </button>
          </div>
        ) : (
          <label className="flex flex-col gap-1 text-13 font-medium text-ink">
            {words.OWN_NUMBER}
            <input
              type="tel"
              value={own}
              onChange={({ target }) => onOwn(target.value)}
              maxLength={32}
              autoComplete="tel"
              className={`${FIELD} tabular font-normal`}
            />
          </label>
        )
      ) : null}
      {value === OWN ? <p className="text-12 text-muted">{words.OWN_HINT}</p> : null}
    </fieldset>
  );
}

export function Dialer({ numbers, isWaiting, recents, hasRecents, problem, ownNumber, ownCall, ownAnswer, words, time, onDial, onDialOwn }) {
  const state = useDesk();
  const [number, setNumber] = useState("");
  const [talkOn, setTalkOn] = useState(BROWSER);
  const [own, setOwn] = useState("");
  const [isChanging, setIsChanging] = useState(false);
  const asked = useRef(0);
  const ours = numbers.filter((one) => one.is_active);
  const [from, setFrom] = useState("");
  const [note, setNote] = useState("");
  const field = useRef(null);
  const said = useId();
  const isBusy = ["dialling", "waiting", "open"].includes(state.stage) || !["", "over"].includes(ownCall.stage);
  useEffect(() => setNote(problem), [problem]);
  useEffect(() => setTalkOn(localStorage.getItem(CHOICE) === OWN ? OWN : BROWSER), []);
  useEffect(() => {
    if (asked.current === 0 || ownAnswer.n < asked.current) return;
    asked.current = 0;
    setNote(ownAnswer.problem);
    if (!ownAnswer.problem) setIsChanging(false);
  }, [ownAnswer.n]);
  const choose = (name) => {
    setTalkOn(name);
    localStorage.setItem(CHOICE, name);
  };
  if (!ours.length && !isWaiting) return null;

  const call = (event) => {
    event.preventDefault();
    if (!number.trim()) {
      field.current?.focus();
      return;
    }
    if (isBusy) {
      setNote(words.BUSY);
      return;
    }
    setNote("");
    if (talkOn === OWN) {
      asked.current = ownAnswer.n + 1;
      onDialOwn?.(number.trim(), from || ours[0].phone_number, !ownNumber || isChanging ? own : "");
      return;
    }
    desk.begin(number.trim()).then((isReady) => isReady && onDial?.(number.trim(), from || ours[0].phone_number));
  };
  const pick = (chosen) => {
    setNumber(chosen);
    setNote("");
    field.current?.focus();
  };
  return (
    <section
      aria-label={words.TITLE}
      className="grid w-full shrink-0 gap-x-6 gap-y-4 rounded-card border border-line bg-canvas p-4 md:grid-cols-[18rem_minmax(0,1fr)] 2xl:w-80 2xl:grid-cols-1"
    >
      <form onSubmit={call} className="flex flex-col gap-3" noValidate>
        <label className="flex flex-col gap-1 text-13 font-medium text-ink">
          {words.FROM}
          <select value={from || ours[0]?.phone_number} onChange={({ target }) => setFrom(target.value)} className={`${FIELD} text-13 font-normal`}>
            {ours.map((one) => (
              <option key={one.id} value={one.phone_number}>
                {[one.friendly_name, one.display].filter(Boolean).join(" · ")}
              </option>
            ))}
          </select>
        </label>
        <div className="relative">
          <input
            ref={field}
            type="tel"
            value={number}
            onChange={({ target }) => {
              setNumber(target.value);
              setNote("");
            }}
            aria-label={words.NUMBER}
            aria-invalid={!!note || undefined}
            aria-describedby={note ? said : undefined}
            placeholder={words.NUMBER_PLACEHOLDER}
            maxLength={32}
            autoComplete="off"
            className={`${FIELD} tabular pr-10 text-16`}
          />
          {number ? (
            <button
              type="button"
              aria-label={words.ERASE}
              onClick={() => setNumber(number.slice(0, -1))}
              className="absolute inset-y-0 right-0 inline-flex w-9 items-center justify-center rounded-control text-muted hover:text-ink pointer-coarse:w-11"
            >
              <Icon as={Delete} />
            </button>
          ) : null}
        </div>
        {note ? (
          <p id={said} role="alert" className="text-13 text-danger-ink">
            {note}
          </p>
        ) : null}
        <TalkOn
          words={words}
          value={talkOn}
          ownNumber={ownNumber}
          isChanging={isChanging}
          own={own}
          onChoose={choose}
          onChange={() => setIsChanging(true)}
          onOwn={setOwn}
        />
        <Keypad large onPress={(key) => setNumber(number + key)} />
        <button type="submit" disabled={!ours.length} className={`${PRIMARY} h-9 text-14`}>
          <Icon as={Phone} />
          {words.CALL}
        </button>
      </form>
      <div className={`${hasRecents ? "h-80 max-md:h-auto max-md:max-h-80" : "h-80"} overflow-y-auto max-md:border-t max-md:border-line max-md:pt-3 2xl:border-t 2xl:border-line 2xl:pt-3`}>
        <h2 className="mb-1 px-2 text-13 font-medium text-muted">{words.RECENT}</h2>
        <Recents rows={recents} words={words} time={time} onPick={pick} />
      </div>
    </section>
  );
}

// Which of the openings was taken: the page that a call began on may be gone by the time it is answered.
let taken = null;

// Ring somebody who joins, and see who is there; it stays when others leave.
function Together({ callId, name, parties, colleagues, isShared, asked, words, onAsk, onEnd }) {
  const [isAdding, setIsAdding] = useState(false);
  const button = useRef(null);
  const close = () => {
    setIsAdding(false);
    button.current?.focus();
  };
  return (
    <>
      <div className="mt-2 flex items-center justify-between gap-2">
        <button
          ref={button}
          type="button"
          aria-expanded={isAdding}
          className={`${SECONDARY} h-8`}
          onClick={() => setIsAdding(!isAdding)}
        >
          <Icon as={UserPlus} size={14} />
          {words.ADD}
        </button>
        {isShared ? (
          <button type="button" className={`${GHOST} h-8 text-danger-ink`} onClick={onEnd}>
            {words.END_FOR_ALL}
          </button>
        ) : null}
      </div>
      {isAdding ? <Writing kind="add" asked={asked} words={words} colleagues={colleagues} onSend={(kind, text) => onAsk(callId, kind, text)} onClose={close} /> : null}
      <Parties callId={callId} parties={parties} others={[name]} words={words} onAsk={onAsk} />
    </>
  );
}

export function DeskCall({ opening, standing, parties, colleagues, asked, words, callWords, line, onAsk, onLeave }) {
  const state = useDesk();
  const now = useNow(state.stage === "open");
  const [isFolded, setIsFolded] = useState(false);
  const added = standing.call === state.call ? parties : [];
  // Others are in the call: it goes on without whoever leaves.
  const isShared = added.some((one) => one.stage === "joined");
  useEffect(() => {
    const isNew = taken !== null && opening.n !== taken;
    taken = opening.n;
    if (!isNew) return;
    if (state.stage !== "dialling") {
      // Hung up before the answer came that it rings.
      if (opening.call && !opening.party) onLeave?.(opening.call);
    } else if (opening.problem || opening.gone) desk.refuse();
    else desk.connect(opening);
  }, [opening.n]);
  useEffect(() => {
    if (standing.call && standing.call === state.call && !LIVE.includes(standing.status)) desk.over(standing.reason);
  }, [standing, state.call]);
  // A line that could not be opened, or broke, leaves no telephone ringing.
  useEffect(() => {
    if (state.stage === "over" && state.call && !state.party && !isShared) onLeave?.(state.call);
  }, [state.stage]);

  if (state.stage === "idle") return null;
  const isOver = state.stage === "over";
  const isLeft = isShared && LIVE.includes(standing.status);
  const reason = isLeft ? callWords.OTHERS_STAY : state.reason === "lost" ? line.LOST : words[REASONS[state.reason]] ?? (state.reason || words.ENDED);
  const stands = isOver
    ? reason
    : state.stage === "open"
      ? words.ON_THE_LINE
      : state.isIncoming
        ? line.CONNECTING
        : standing.call === state.call && standing.status === "ringing"
        ? words.RINGING
        : words.CALLING;
  const voice = { ...state, meter: desk.meter, mute: desk.mute, press: desk.press, pick: desk.pick, hangUp: desk.hangUp };
  return (
    <section
      aria-label={words.IN_CALL}
      data-beside-dialogs=""
      className="pointer-events-auto fixed right-4 bottom-4 z-50 w-108 max-w-[calc(100vw-2rem)] rounded-card border border-line bg-raised p-3 shadow-float max-md:top-2 max-md:bottom-auto"
    >
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <p className="truncate text-14 font-semibold text-ink">
            {state.conversation ? (
              <Link to={`/inbox/${state.conversation}`} title={words.OPEN} className="hover:underline">
                {state.name}
              </Link>
            ) : (
              state.name
            )}
          </p>
          <p className="flex items-center gap-2 text-13 text-muted">
            <span role="status">{stands}</span>
            <span className="tabular">
              {state.answeredAt ? clock(isOver ? state.lasted : now - state.answeredAt) : ""}
            </span>
          </p>
        </div>
        {isOver ? (
          <button type="button" aria-label={words.CLOSE} onClick={desk.dismiss} className={`${GHOST} w-7 px-0 pointer-coarse:w-11`}>
            <Icon as={X} />
          </button>
        ) : (
          <button
            type="button"
            aria-expanded={!isFolded}
            aria-label={isFolded ? words.UNFOLD : words.FOLD}
            onClick={() => setIsFolded(!isFolded)}
            className={`${GHOST} w-7 px-0 pointer-coarse:w-11`}
          >
            <Icon as={isFolded ? ChevronsUpDown : ChevronsDownUp} />
          </button>
        )}
      </div>
      {isOver || isFolded ? null : (
        <div className="mt-3">
          {state.hasMicrophone ? null : <p className="mb-3 text-13 text-warning-ink">{words.NO_MICROPHONE}</p>}
          <Controls voice={voice} words={isShared ? { ...line, HANG_UP: callWords.LEAVE } : line} hasKeypad={state.stage === "open"} />
          {state.stage === "open" ? (
            <Together
              callId={state.call}
              name={state.name}
              parties={added}
              colleagues={colleagues.filter((one) => !added.some((party) => party.user === one.id && party.stage !== "gone"))}
              isShared={isShared}
              asked={asked}
              words={callWords}
              onAsk={onAsk}
              onEnd={() => {
                onLeave?.(state.call);
                desk.hangUp();
              }}
            />
          ) : null}
        </div>
      )}
    </section>
  );
}
