// Reading a conversation in another language: asked for once, then what comes is translated as it is shown.
import { useEffect, useRef, useState } from "react";
import Languages from "lucide-react/dist/esm/icons/languages.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

const AT_ONCE = 20;
const KINDS = new Set(["message", "note", "draft"]);
const EVENT = "magpipe:translate";

// The button stands in the head of the conversation, the work is done here.
export const toggleTranslation = () => window.dispatchEvent(new Event(EVENT));

export function useTranslation({ conversationId, translations, language, busy, error, languages, onTranslate, onLanguage }) {
  const [on, setOn] = useState(false);
  const asked = useRef(new Set());
  useEffect(() => {
    const toggle = () => setOn((now) => !now);
    window.addEventListener(EVENT, toggle);
    return () => window.removeEventListener(EVENT, toggle);
  }, []);
  const wanted = language || navigator.language.slice(0, 2);
  const target = languages.some((one) => one.value === wanted) ? wanted : "en";
  useEffect(() => asked.current.clear(), [target, on]);
  return {
    on,
    target,
    busy: busy.length > 0,
    error,
    languages,
    close: () => setOn(false),
    choose: (next) => onLanguage?.(next),
    // The newest messages first; older ones when they are there to be read.
    ask: (items) => {
      if (!on || error || busy.length) return;
      const missing = items
        .filter((item) => KINDS.has(item.kind) && item.body && !(item.seq in translations) && !asked.current.has(item.seq))
        .slice(-AT_ONCE)
        .map((item) => item.seq);
      if (!missing.length) return;
      missing.forEach((seq) => asked.current.add(seq));
      onTranslate?.(conversationId, missing, target);
    },
    of: (item) => {
      const text = on ? translations[item.seq] : "";
      return text && text.trim() !== item.body.trim() ? text : "";
    },
  };
}

export function TranslateBar({ translation, items, words }) {
  useEffect(() => translation.ask(items), [translation.on, translation.target, translation.busy, items]);
  if (!translation.on) return null;
  return (
    <div className="flex min-h-10 shrink-0 items-center gap-2 border-b border-line bg-sunken px-4 text-13">
      <Icon as={Languages} className="text-muted" />
      <label className="flex items-center gap-1.5">
        {words.TRANSLATED_INTO}
        <select
          value={translation.target}
          onChange={(event) => translation.choose(event.target.value)}
          className="h-7 rounded-control border border-control bg-canvas px-1.5 text-13 font-medium text-ink pointer-coarse:h-11"
        >
          {translation.languages.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      </label>
      <span role="status" className={`min-w-0 flex-1 truncate ${translation.error ? "text-danger-ink" : "text-muted"}`}>
        {translation.error || (translation.busy ? words.TRANSLATING : "")}
      </span>
      <button type="button" aria-label={words.TRANSLATE_OFF} onClick={translation.close} className={`${SECONDARY} px-1.5`}>
        <Icon as={X} size={14} />
      </button>
    </div>
  );
}
