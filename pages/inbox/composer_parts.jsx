// Parts of the reply box: when it leaves, from which number, and whether the team or the customer reads it.
import { useState } from "react";
import Clock from "lucide-react/dist/esm/icons/clock.mjs";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { WhenBody } from "$/public/external/pages/inbox/parts/when_menu.jsx";

export const ICON_BUTTON =
  "inline-flex size-8 shrink-0 items-center justify-center rounded-control text-muted transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover disabled:opacity-50 pointer-coarse:size-11";
export const SELECT =
  "h-6 max-w-40 min-w-0 truncate rounded-control bg-transparent text-12 font-medium text-ink hover:bg-hover pointer-coarse:h-11";

export function Later({ words, disabled, onPick }) {
  const [open, setOpen] = useState(false);
  // Nothing to plan yet: the button stays in place and says so, because a popover's own button cannot be disabled.
  if (disabled) {
    return (
      <button type="button" disabled aria-label={words.LATER} title={words.LATER} className={ICON_BUTTON}>
        <Icon as={Clock} />
      </button>
    );
  }
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger label={words.LATER} className={ICON_BUTTON}>
        <Icon as={Clock} />
      </PopoverTrigger>
      <PopoverBody align="end" label={words.LATER} className="w-72 p-3">
        <WhenBody
          title={words.LATER}
          words={words}
          action={words.LATER_PLAN}
          onPick={(at) => {
            setOpen(false);
            onPick(at);
          }}
        />
      </PopoverBody>
    </Popover>
  );
}

export function From({ senders, sender, words, onChoose }) {
  if (senders.length < 2) {
    return (
      <span className="min-w-0 truncate text-12 text-muted max-sm:sr-only">
        {words.FROM} <span className="font-medium text-ink">{senders[0]?.label}</span>
      </span>
    );
  }
  return (
    <label className="flex min-w-0 items-center gap-1 text-12 text-muted">
      <span className="shrink-0">{words.FROM}</span>
      <select value={sender} onChange={(event) => onChoose?.(event.target.value)} className={SELECT}>
        {senders.map((known) => (
          <option key={known.value} value={known.value}>
            {known.label}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Modes({ mode, words, onChoose }) {
  return (
    <div role="group" aria-label={words.WHAT} className="flex gap-3 px-3 pt-1.5">
      {[
        ["reply", words.REPLY],
        ["note", words.NOTE],
      ].map(([key, word]) => (
        <button
          key={key}
          type="button"
          aria-pressed={mode === key}
          onClick={() => onChoose(key)}
          className={
            "h-6 border-b-2 text-12 font-medium pointer-coarse:h-11 " +
            (mode === key ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink")
          }
        >
          {word}
        </button>
      ))}
    </div>
  );
}
