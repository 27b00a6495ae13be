// The times a person was in touch before, and the way back to each in the timeline.
import { useEffect, useState } from "react";
import { ChannelIcon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { setPanel } from "$/public/external/pages/inbox/parts/live.jsx";

const GO = "magpipe:place";
// Long enough to find the lit line, short enough not to stay in the way.
const LIT_MS = 4000;

export function Earlier({ conversation, periods, words }) {
  if (!periods?.length) return null;
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
  const go = (seq) => {
    setPanel(false);
    window.dispatchEvent(new CustomEvent(GO, { detail: { conversation, seq } }));
  };
  return (
    <section aria-label={words.EARLIER} className="border-t border-line px-4 pt-4 pb-5">
      <h3 className="text-12 font-medium text-muted">{words.EARLIER}</h3>
      <ul className="mt-1 -mx-2">
        {periods.map((period) => (
          <li key={period.seq}>
            <button
              type="button"
              onClick={() => go(period.seq)}
              className="w-full rounded-control px-2 py-1.5 text-left text-13 hover:bg-hover pointer-coarse:min-h-11"
            >
              <span className="flex items-center gap-1.5">
                <span className="font-medium text-ink">{day.formatRange(new Date(period.began), new Date(period.ended))}</span>
                {period.channels.map((channel) => (
                  <ChannelIcon key={channel} channel={channel} size={12} />
                ))}
                <span className="tabular ml-auto text-12 whitespace-nowrap text-muted">
                  {period.messages === 1 ? words.ONE_MESSAGE : words.MESSAGE_COUNT.replace("{n}", period.messages)}
                </span>
              </span>
              <span className="block truncate text-12 text-muted">{period.words}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

// Brings the timeline to a place somebody asked for, loading what lies between, and returns the place while it is lit.
export function usePlace(conversation, rows, loaded, virtuoso, onLoad) {
  const [wanted, setWanted] = useState(0);
  const [lit, setLit] = useState(0);
  useEffect(() => {
    const hear = ({ detail }) => detail.conversation === conversation && setWanted(detail.seq);
    window.addEventListener(GO, hear);
    return () => window.removeEventListener(GO, hear);
  }, [conversation]);
  const oldest = rows[0]?.seq ?? 0;
  // Nothing stands above any more: waiting on would move the reader at some later time.
  useEffect(() => {
    if (loaded?.conversation === conversation && !loaded.items.length) setWanted(0);
  }, [loaded]);
  useEffect(() => {
    if (!wanted) return;
    if (oldest > wanted) {
      onLoad(wanted);
      return;
    }
    const index = rows.findIndex((row) => row.seq >= wanted);
    // A frame later the rows that were just loaded stand in the list.
    requestAnimationFrame(() => virtuoso.current?.scrollToIndex({ index: Math.max(0, index), align: "start" }));
    setLit(wanted);
    setWanted(0);
  }, [wanted, oldest]);
  useEffect(() => {
    if (!lit) return undefined;
    const timer = setTimeout(() => setLit(0), LIT_MS);
    return () => clearTimeout(timer);
  }, [lit]);
  return lit;
}
