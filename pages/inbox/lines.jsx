// What the timeline holds: patched line by line, joined with a newer page, and told apart from what came since.
// A place (`seq`) may be another line's after conversations were merged; an id stays with its line.
const bySeq = (a, b) => a.seq - b.seq;

export function applyPatch(items, { item }) {
  const at = items.findIndex((known) => known.seq === item.seq);
  if (at < 0) return [...items, item].sort(bySeq);
  const next = [...items];
  next[at] = item;
  return next;
}

// The newest page came again: what was loaded above it stays, so that nobody loses their place, unless the lines were
// numbered anew meanwhile.
export function join(items, page) {
  const first = page[0];
  if (!first || !items.some((item) => item.seq === first.seq && item.id === first.id)) return page;
  return [...items.filter((item) => item.seq < first.seq), ...page];
}

// What stands after the newest line that was seen; nothing when that one is gone, because all was replaced.
export function arrivedSince(items, seen) {
  if (!seen) return items;
  const at = items.findIndex((item) => item.id === seen.id);
  return at < 0 ? [] : items.slice(at + 1);
}
