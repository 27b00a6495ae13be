// The agent writes what it would answer; the person reads it over, and sends it or not.
import { useState } from "react";
import Sparkle from "lucide-react/dist/esm/icons/sparkle.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { AgentMark, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { PRIMARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

export function SuggestButton({ thinking, words, className, onSuggest }) {
  const [open, setOpen] = useState(false);
  const [order, setOrder] = useState("");
  const ask = (event) => {
    event.preventDefault();
    setOpen(false);
    onSuggest(order.trim());
    setOrder("");
  };
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger label={thinking ? words.THINKING : words.SUGGEST} className={`${className} ${thinking ? "animate-breathe text-accent-ink" : ""}`}>
        <Icon as={Sparkle} />
      </PopoverTrigger>
      <PopoverBody align="start" label={words.SUGGEST} className="w-80 p-3">
        <form onSubmit={ask} className="flex flex-col gap-2">
          <label className="flex flex-col gap-1 text-13 font-medium">
            {words.SUGGEST_ORDER}
            <textarea
              value={order}
              rows={2}
              maxLength={1000}
              placeholder={words.SUGGEST_ORDER_HINT}
              onChange={(event) => setOrder(event.target.value)}
              onKeyDown={(event) => event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing && ask(event)}
              className="w-full resize-none rounded-control border border-control bg-canvas px-3 py-2 text-14 font-normal text-ink pointer-coarse:text-16"
            />
          </label>
          <p className="text-12 text-muted">{words.SUGGEST_HINT}</p>
          <button type="submit" disabled={thinking} className={PRIMARY}>
            {words.SUGGEST}
          </button>
        </form>
      </PopoverBody>
    </Popover>
  );
}

// Over the reply box: what the text in it rests on, until it is sent or thrown away.
export function SuggestionNote({ suggestion, words, onClose }) {
  if (!suggestion) return null;
  if (suggestion.error) {
    return (
      <p role="alert" className="flex items-start gap-2 px-3 pt-2 text-13 text-danger-ink">
        <span className="min-w-0 flex-1">{suggestion.error}</span>
        <Close words={words} onClose={onClose} />
      </p>
    );
  }
  return (
    <div role="status" className="flex items-start gap-2 px-3 pt-2 text-12 text-muted">
      <AgentMark />
      <p className="min-w-0 flex-1 py-0.5">
        {words.SUGGESTED_BY.replace("{name}", suggestion.agent)}{" "}
        {suggestion.sources.length ? words.SUGGESTED_FROM.replace("{sources}", suggestion.sources.join(", ")) : null}
        {suggestion.is_unanswered ? <span className="text-warning-ink"> {words.SUGGESTED_UNSURE}</span> : null}
      </p>
      <Close words={words} onClose={onClose} />
    </div>
  );
}

function Close({ words, onClose }) {
  return (
    <button
      type="button"
      aria-label={words.DISMISS}
      onClick={onClose}
      className="inline-flex size-6 shrink-0 items-center justify-center rounded-control hover:bg-hover hover:text-ink pointer-coarse:size-11"
    >
      <Icon as={X} size={14} />
    </button>
  );
}
