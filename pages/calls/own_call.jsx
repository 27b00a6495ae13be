// A call by the person's own phone, in a corner of every page: how far it is, and the way to end it.
import { Link } from "react-router";
import PhoneOff from "lucide-react/dist/esm/icons/phone-off.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { GHOST, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const STAGES = { rings: "OWN_RINGS", asks: "OWN_ASKS", calls: "OWN_CALLS", talks: "OWN_TALKS", over: "ENDED" };

export function OwnCall({ call, words, onHangUp, onDismiss }) {
  if (!call.id) return null;
  const isOver = call.stage === "over";
  const keyed = (text) => text.replace("{key}", call.key);
  const hint = { rings: call.is_proven ? words.OWN_RINGS_HINT : words.OWN_PROVE_HINT, over: call.reason }[call.stage];
  return (
    <section
      aria-label={words.IN_CALL}
      className="fixed right-4 bottom-4 z-40 w-88 max-w-[calc(100vw-2rem)] rounded-card border border-line bg-raised p-3 shadow-float max-md:top-2 max-md:bottom-auto"
    >
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <p className="truncate text-14 font-semibold text-ink">
            <Link to={`/inbox/${call.conversation}`} title={words.OPEN} className="hover:underline">
              {call.name}
            </Link>
          </p>
          <p role="status" className="text-13 text-muted">
            {keyed(words[STAGES[call.stage]])}
          </p>
          {hint ? <p className="mt-1 text-13 text-pretty text-ink">{keyed(hint)}</p> : null}
        </div>
        {isOver ? (
          <button type="button" aria-label={words.CLOSE} onClick={() => onDismiss()} className={`${GHOST} w-7 px-0 pointer-coarse:w-11`}>
            <Icon as={X} />
          </button>
        ) : null}
      </div>
      {isOver ? null : (
        <button type="button" onClick={() => onHangUp(call.id)} className={`${SECONDARY} mt-3 h-8 w-full pointer-coarse:h-11`}>
          <Icon as={PhoneOff} size={14} className="text-danger-ink" />
          {words.HANG_UP}
        </button>
      )}
    </section>
  );
}
