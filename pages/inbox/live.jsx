// Keep what the server sent: a list once, then numbered patches. The same epoch means the same list.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";

// Lists that were shown before. One shown a second time lacks the patches of its first life.
const shown = new Set();

// `apply(value, patch)` returns the next value, `join(value, first)` the value when the list comes whole again.
// `onGap` runs when a patch was missed: the server sends all again.
export function usePatched(first, feed, apply, onGap, join = (_, fresh) => fresh) {
  const [value, setValue] = useState(first);
  const seen = useRef({ epoch: feed?.epoch, n: 0 });
  useEffect(() => {
    if (feed?.epoch && shown.has(feed.epoch)) onGap?.();
  }, []);
  useEffect(() => {
    if (feed?.epoch) shown.add(feed.epoch);
  }, [feed?.epoch]);
  useEffect(() => {
    setValue((now) => join(now, first));
  }, [first, feed?.epoch]);
  useEffect(() => {
    const batch = feed?.batch ?? [];
    if (seen.current.epoch !== feed?.epoch) seen.current = { epoch: feed?.epoch, n: 0 };
    const fresh = batch.filter((patch) => patch.n > seen.current.n);
    if (!fresh.length) return;
    const missed = seen.current.n > 0 && fresh[0].n > seen.current.n + 1;
    seen.current.n = fresh[fresh.length - 1].n;
    if (missed) {
      onGap?.();
      return;
    }
    setValue((now) => fresh.reduce(apply, now));
  }, [feed]);
  return [value, setValue];
}

// Whether a media query holds; false until the browser can tell.
export function useMedia(query) {
  const [matches, setMatches] = useState(false);
  useEffect(() => {
    const media = window.matchMedia(query);
    const update = () => setMatches(media.matches);
    update();
    media.addEventListener("change", update);
    return () => media.removeEventListener("change", update);
  }, [query]);
  return matches;
}

// The time now, every second while `running`, for countdowns.
export function useSeconds(running) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

// From here on list, timeline and details stand side by side and the timeline keeps its 600 px.
export const PANEL_FITS = "(width >= 90rem)";

// Whether the details are open over the timeline. Shared by the button that opens them and the sheet.
let panelOpen = false;
const watchers = new Set();
export function setPanel(open) {
  panelOpen = open;
  watchers.forEach((watcher) => watcher());
}
export function usePanel() {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => panelOpen,
    () => false,
  );
}

// True once `waiting` has lasted `ms`: what takes no time shows no skeleton.
export function useLate(waiting, ms) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!waiting) return undefined;
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [waiting, ms]);
  return waiting && late;
}
