// What people do in a call while it runs: tell the agent something, write a note, put the caller through, hang up.
import { useEffect, useId, useRef, useState } from "react";
import MessageSquareLock from "lucide-react/dist/esm/icons/message-square-lock.mjs";
import NotebookPen from "lucide-react/dist/esm/icons/notebook-pen.mjs";
import PhoneForwarded from "lucide-react/dist/esm/icons/phone-forwarded.mjs";
import UserPlus from "lucide-react/dist/esm/icons/user-plus.mjs";
import { Inside, useInside } from "$/public/external/pages/calls/parts/inside.jsx";
import { Parties } from "$/public/external/pages/calls/parts/parties.jsx";
import { HangUp } from "$/public/external/pages/calls/parts/hang_up.jsx";
import { GHOST, PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const FIELD =
  "h-8 min-w-0 flex-1 rounded-control border border-control bg-canvas px-2 text-14 text-ink placeholder:text-muted disabled:opacity-60 pointer-coarse:h-11 pointer-coarse:text-16";
const KINDS = {
  whisper: { as: MessageSquareLock, name: "WHISPER", label: "WHISPER_LABEL", hint: "WHISPER_HINT", send: "WHISPER_SEND" },
  note: { as: NotebookPen, name: "NOTE", label: "NOTE_LABEL", hint: "NOTE_HINT", send: "NOTE_SEND" },
  add: { as: UserPlus, name: "ADD", label: "ADD_LABEL", hint: "ADD_HINT", send: "ADD_SEND" },
  transfer: { as: PhoneForwarded, name: "TRANSFER", label: "TRANSFER_LABEL", hint: "TRANSFER_HINT", send: "TRANSFER_SEND" },
};

const NUMBERS = ["add", "transfer"];

// One line to write; it stays until it was taken, so that nothing written is lost.
export function Writing({ kind, asked, words, colleagues = [], onSend, onClose }) {
  const id = useId();
  const box = useRef(null);
  const [text, setText] = useState("");
  const [sent, setSent] = useState(0);
  const { label, hint, send } = KINDS[kind];
  useEffect(() => box.current?.focus(), [kind]);
  useEffect(() => {
    if (!sent || asked.number < sent) return;
    setSent(0);
    if (asked.is_done) onClose();
    else box.current?.focus();
  }, [asked.number]);
  const waits = sent > 0;
  return (
    <form
      className="mt-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!text.trim() || waits) return;
        setSent(asked.number + 1);
        onSend(kind, text.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <label htmlFor={id} className="text-13 font-medium text-ink">
        {words[label]}
      </label>
      <div className="mt-1 flex items-center gap-2">
        <input
          id={id}
          ref={box}
          value={text}
          type={NUMBERS.includes(kind) ? "tel" : "text"}
          autoComplete="off"
          maxLength={NUMBERS.includes(kind) ? 32 : 500}
          readOnly={waits}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setText(event.target.value)}
          className={FIELD}
        />
        <button type="submit" disabled={waits || !text.trim()} className={`${PRIMARY} h-8 shrink-0`}>
          {waits ? words.ASKING : words[send]}
        </button>
      </div>
      <p id={`${id}-hint`} className="mt-1 text-12 text-muted">
        {words[hint]}
      </p>
      {kind === "add" && colleagues.length ? (
        <div role="group" aria-label={words.COLLEAGUES} className="mt-2 flex flex-wrap items-center gap-1.5">
          <span className="text-12 text-muted">{words.COLLEAGUES}</span>
          {colleagues.map((one) => (
            <button
              key={one.id}
              type="button"
              disabled={waits}
              className={`${SECONDARY} h-7 text-13`}
              onClick={() => {
                setSent(asked.number + 1);
                onSend("invite", one.id);
              }}
            >
              {one.name}
            </button>
          ))}
        </div>
      ) : null}
    </form>
  );
}

// What reaches the agent or the caller is for whoever has the call: while a colleague speaks, the rest write notes.
const FOR_EVERYBODY = "note";

export function StepIn({ callId, talking, asked, opening, takenBy, onHold, parties, colleagues, others, words, onAsk, onComeIn, onHangUp }) {
  const [writing, setWriting] = useState("");
  const buttons = useRef({});
  const inside = useInside();
  const isMine = inside.callId === callId && inside.door === "speak" && inside.stage === "open";
  const isAnothers = Boolean(takenBy) && !onHold && !isMine;
  const offered = Object.entries(KINDS).filter(([kind]) => !isAnothers || kind === FOR_EVERYBODY || kind === writing);
  const close = () => {
    buttons.current[writing]?.focus();
    setWriting("");
  };
  useEffect(() => {
    if (!talking) setWriting("");
  }, [talking]);
  return (
    <section aria-label={words.STEP_IN} className="mt-3 border-t border-line pt-3">
      {talking ? (
        <div className="mb-2">
          <Inside
            callId={callId}
            opening={opening}
            takenBy={takenBy}
            onHold={onHold}
            words={words}
            onComeIn={onComeIn}
            onAsk={onAsk}
          />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        {talking
          ? offered.map(([kind, { as, name }]) => (
              <button
                key={kind}
                type="button"
                ref={(button) => (buttons.current[kind] = button)}
                aria-expanded={writing === kind}
                className={`${writing === kind ? SECONDARY : GHOST} -ml-0.5`}
                onClick={() => setWriting(writing === kind ? "" : kind)}
              >
                <Icon as={as} size={14} />
                {words[name]}
              </button>
            ))
          : null}
        <span className="ml-auto">
          <HangUp
            callId={callId}
            words={words}
            onHangUp={onHangUp}
            onGoodbye={talking && !isAnothers ? () => onAsk(callId, "goodbye", "") : null}
          />
        </span>
      </div>
      {writing ? (
        <Writing
          key={writing}
          kind={writing}
          asked={asked}
          words={words}
          colleagues={colleagues.filter((one) => !parties.some((party) => party.user === one.id && party.stage !== "gone"))}
          onSend={(kind, text) => onAsk(callId, kind, text)}
          onClose={close}
        />
      ) : null}
      {talking ? <Parties callId={callId} parties={parties} others={[...others, takenBy]} words={words} onAsk={onAsk} /> : null}
    </section>
  );
}
