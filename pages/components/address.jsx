// What stands behind the question mark of the address, in the drawing of a page that was drawn before anybody asked.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useNavigate, useSearchParams } from "react-router";

const never = () => () => {};

// Nothing while the browser takes over the page as it was built, and at once afterwards: what React finds there must be
// what it would draw, or it draws all of it anew.
export function useQuery() {
  const [query] = useSearchParams();
  const isTakenOver = useSyncExternalStore(never, () => true, () => false);
  return useMemo(() => (isTakenOver ? query : new URLSearchParams()), [isTakenOver, query]);
}

// The filters of the list at `path`: `set` changes some, `type` the search's words, which count after a pause or with
// the next filter, whichever comes first; `text` is what stands in the search box, and `forget` empties it.
export function useFilters(path, pauseMs = 250) {
  const query = useQuery();
  const navigate = useNavigate();
  const asked = query.get("q") ?? "";
  const [text, setText] = useState(asked);
  const sent = useRef([asked]);
  const pause = useRef(0);
  // What the address says is taken over unless it is only the echo of what was typed here, which may come late.
  useEffect(() => {
    const place = sent.current.lastIndexOf(asked);
    if (place < 0) setText(asked);
    sent.current = place < 0 ? [asked] : sent.current.slice(place);
  }, [asked]);
  useEffect(() => () => clearTimeout(pause.current), []);
  const set = (changes) => {
    clearTimeout(pause.current);
    const wanted = { q: text.trim(), ...changes };
    if (sent.current.at(-1) !== wanted.q) sent.current.push(wanted.q);
    // What was picked a moment ago may not be drawn yet: the address has it.
    const next = new URLSearchParams(window.location.search);
    Object.entries(wanted).forEach(([name, value]) => (value ? next.set(name, value) : next.delete(name)));
    if (!next.get("from") && !next.get("to")) next.delete("tz");
    navigate(`${path}${next.size ? `?${next}` : ""}`, { replace: true });
  };
  const type = (value) => {
    setText(value);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => set({ q: value.trim() }), pauseMs);
  };
  const forget = () => {
    clearTimeout(pause.current);
    setText("");
  };
  return { query, text, set, type, forget };
}
