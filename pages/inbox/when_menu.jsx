// Moments to choose from, and one of one's own: for snoozing and for sending later.
import { useState } from "react";
import { PRIMARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

// `YYYY-MM-DDTHH:MM` of a moment in the reader's zone, as a date-time field wants it.
function local(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function moments(words) {
  const now = new Date();
  const at = (days, hour) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const hour = new Date(now.getTime() + 3_600_000);
  const evening = at(0, 17);
  const tomorrow = at(1, 9);
  const monday = at((8 - now.getDay()) % 7 || 7, 9);
  return [
    [words.IN_AN_HOUR, hour],
    ...(evening.getTime() - now.getTime() > 5_400_000 ? [[words.THIS_EVENING, evening]] : []),
    [words.TOMORROW, tomorrow],
    ...(tomorrow.getDay() === 1 ? [] : [[words.MONDAY, monday]]),
  ];
}

export function WhenBody({ title, words, action, onPick }) {
  const [at, setAt] = useState("");
  const chosen = at ? new Date(at) : null;
  const valid = chosen && chosen.getTime() > Date.now();
  const format = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });
  return (
    <>
      <h3 className="px-1 text-13 font-semibold">{title}</h3>
      <div className="mt-2 flex flex-col">
        {moments(words).map(([word, date]) => (
          <button
            key={word}
            type="button"
            onClick={() => onPick(date.toISOString())}
            className="flex min-h-8 items-center justify-between gap-4 rounded-control px-1 text-14 hover:bg-hover pointer-coarse:min-h-11"
          >
            {word}
            <span className="text-12 text-muted">{format.format(date)}</span>
          </button>
        ))}
      </div>
      <form
        className="mt-2 flex flex-col gap-2 border-t border-line pt-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) onPick(chosen.toISOString());
        }}
      >
        <label className="flex flex-col gap-2 text-13 font-medium">
          {words.LATER_AT}
          <input
            type="datetime-local"
            value={at}
            min={local(new Date())}
            onChange={(event) => setAt(event.target.value)}
            className="h-9 w-full rounded-control border border-control bg-canvas px-3 text-14 font-normal text-ink pointer-coarse:h-11 pointer-coarse:text-16"
          />
        </label>
        {at && !valid ? <p className="text-13 text-danger-ink">{words.LATER_PAST}</p> : null}
        <button type="submit" disabled={!valid} className={PRIMARY}>
          {action}
        </button>
      </form>
    </>
  );
}
