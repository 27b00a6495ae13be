// What stands behind the question mark of the address, in the drawing of a page that was drawn before anybody asked.
import { useMemo, useSyncExternalStore } from "react";
import { useSearchParams } from "react-router";

const never = () => () => {};

// Nothing while the browser takes over the page as it was built, and at once afterwards: what React finds there must be
// what it would draw, or it draws all of it anew.
export function useQuery() {
  const [query] = useSearchParams();
  const isTakenOver = useSyncExternalStore(never, () => true, () => false);
  return useMemo(() => (isTakenOver ? query : new URLSearchParams()), [isTakenOver, query]);
}
