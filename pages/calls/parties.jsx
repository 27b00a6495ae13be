// Who was added to a call: how far each has come, and what the lead does with them.
import Mic from "lucide-react/dist/esm/icons/mic.mjs";
import MicOff from "lucide-react/dist/esm/icons/mic-off.mjs";
import Phone from "lucide-react/dist/esm/icons/phone.mjs";
import UserMinus from "lucide-react/dist/esm/icons/user-minus.mjs";
import UserRound from "lucide-react/dist/esm/icons/user-round.mjs";
import { clock, useNow } from "$/public/external/pages/calls/parts/line_parts.jsx";
import { GHOST } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const named = (words, name) => words.replace("{name}", name);

function Act({ as, label, tint = "", pressed, onClick }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onClick}
      className={`${GHOST} size-7 shrink-0 justify-center px-0 pointer-coarse:size-11`}
    >
      <Icon as={as} size={14} className={tint} />
    </button>
  );
}

function Row({ callId, party, now, words, onAsk }) {
  const isGone = party.stage === "gone";
  const isHere = party.stage === "joined";
  const since = clock(now - Date.parse(party.since));
  const stands = isGone ? party.reason : isHere ? (party.is_muted ? words.IS_MUTED : "") : words.RINGING;
  return (
    <li className="flex min-h-8 items-center gap-2 text-13">
      <Icon as={party.user ? UserRound : Phone} size={14} className={isGone ? "text-faint" : "text-muted"} />
      <span className={`min-w-0 flex-1 truncate ${isGone ? "text-muted" : "text-ink"}`}>
        {party.name}
        {stands ? <span className="text-muted"> · {stands}</span> : null}
      </span>
      {isHere ? <span className="tabular text-12 text-muted">{since}</span> : null}
      {isHere ? (
        <Act
          as={party.is_muted ? MicOff : Mic}
          tint={party.is_muted ? "text-danger-ink" : ""}
          pressed={party.is_muted}
          label={named(party.is_muted ? words.UNMUTE_PARTY : words.MUTE_PARTY, party.name)}
          onClick={() => onAsk(callId, party.is_muted ? "unmute" : "mute", party.id)}
        />
      ) : null}
      {isGone ? null : (
        <Act as={UserMinus} label={named(words.PUT_OUT, party.name)} onClick={() => onAsk(callId, "put_out", party.id)} />
      )}
    </li>
  );
}

// `others` are those who need not be added: the other party, and whoever of ours has the line.
export function Parties({ callId, parties, others, words, onAsk }) {
  const now = useNow(parties.some((one) => one.stage === "joined"));
  if (!parties.length) return null;
  return (
    <section aria-label={words.IN_THIS_CALL} className="mt-3 border-t border-line pt-2">
      <h3 className="text-12 font-medium text-muted">{words.IN_THIS_CALL}</h3>
      <ul aria-live="polite">
        {others.filter(Boolean).map((name) => (
          <li key={name} className="flex min-h-8 items-center gap-2 text-13 text-ink">
            <Icon as={UserRound} size={14} className="text-muted" />
            <span className="min-w-0 flex-1 truncate">{name}</span>
          </li>
        ))}
        {parties.map((party) => (
          <Row key={party.id} callId={callId} party={party} now={now} words={words} onAsk={onAsk} />
        ))}
      </ul>
    </section>
  );
}
