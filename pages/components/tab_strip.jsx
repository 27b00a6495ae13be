// A row of links that scrolls sideways when narrow, and keeps the current one in view.
import { useEffect, useRef } from "react";

export function TabStrip({ label, current, className, children }) {
  const strip = useRef(null);
  useEffect(() => {
    // Of the strip alone: a page whose strip stands further down is not to jump there.
    const show = () => {
      const link = strip.current?.querySelector('[aria-current="page"]');
      if (!link) return;
      const [row, place] = [strip.current.getBoundingClientRect(), link.getBoundingClientRect()];
      strip.current.scrollLeft += place.left + place.width / 2 - (row.left + row.width / 2);
    };
    show();
    const watcher = new ResizeObserver(show);
    watcher.observe(strip.current);
    return () => watcher.disconnect();
  }, [current]);
  return (
    <nav ref={strip} aria-label={label} className={className}>
      {children}
    </nav>
  );
}
