// A row of links that scrolls sideways when narrow, and keeps the current one in view.
import { useEffect, useRef } from "react";

export function TabStrip({ label, current, className, children }) {
  const strip = useRef(null);
  useEffect(() => {
    const show = () =>
      strip.current
        ?.querySelector('[aria-current="page"]')
        ?.scrollIntoView({ inline: "center", block: "nearest" });
    show();
    window.addEventListener("resize", show);
    return () => window.removeEventListener("resize", show);
  }, [current]);
  return (
    <nav ref={strip} aria-label={label} className={className}>
      {children}
    </nav>
  );
}
