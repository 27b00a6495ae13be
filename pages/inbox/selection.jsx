// Which conversations are selected for work on many. Shared by the list and the bar over it; a reload ends it.
import { useSyncExternalStore } from "react";

const NOTHING = { on: false, ids: new Set(), all: false };
let chosen = NOTHING;
const watchers = new Set();

function change(next) {
  chosen = next;
  watchers.forEach((watcher) => watcher());
}

export function useSelection() {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => chosen,
    () => NOTHING,
  );
}

export const startSelecting = () => change({ ...NOTHING, on: true });
export const stopSelecting = () => change(NOTHING);
export const selectAll = (all) => change({ on: true, ids: new Set(), all });
export const selectShown = (ids) => change({ on: true, ids: new Set(ids), all: false });

export function toggleSelected(id) {
  const ids = new Set(chosen.ids);
  if (!ids.delete(id)) ids.add(id);
  change({ on: true, ids, all: false });
}

// From the last one chosen to this one, as a held Shift means in every list.
let anchor = "";
export function selectWith(id, shift, order) {
  const from = order.indexOf(anchor);
  const to = order.indexOf(id);
  if (shift && from >= 0 && to >= 0) {
    const ids = new Set(chosen.ids);
    order.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((one) => ids.add(one));
    change({ on: true, ids, all: false });
  } else {
    toggleSelected(id);
  }
  anchor = id;
}
