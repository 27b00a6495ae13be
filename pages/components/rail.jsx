// The parts of the rail that live in the browser alone: folding it, and naming its icons while it is narrow.
import * as Tooltip from "@radix-ui/react-tooltip";
import { useState, useSyncExternalStore } from "react";
import { Link } from "react-router";
import PanelLeft from "lucide-react/dist/esm/icons/panel-left.mjs";

const TIP = "z-50 animate-enter rounded-control bg-tip px-2 py-1 text-12 text-on-tip select-none";

function subscribeRail(notify) {
  window.addEventListener("magpipe:rail", notify);
  return () => window.removeEventListener("magpipe:rail", notify);
}
const isFolded = () => document.documentElement.dataset.rail === "folded";

// A link of the rail. Its words show in the wide rail; in the narrow one they are its tooltip.
export function RailLink({ to, label, current, className, children }) {
  const [open, setOpen] = useState(false);
  const narrow = () => isFolded() || !window.matchMedia("(width >= 80rem)").matches;
  return (
    <Tooltip.Provider delayDuration={300} disableHoverableContent>
      <Tooltip.Root open={open} onOpenChange={(next) => setOpen(next && narrow())}>
        <Tooltip.Trigger asChild>
          <Link to={to} aria-current={current ? "page" : undefined} className={className}>
            {children}
          </Link>
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content side="right" sideOffset={8} className={TIP} aria-hidden="true">
            {label}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}

export function RailToggle({ foldLabel, unfoldLabel, className }) {
  const folded = useSyncExternalStore(subscribeRail, isFolded, () => false);
  const toggle = () => {
    const root = document.documentElement;
    if (folded) delete root.dataset.rail;
    else root.dataset.rail = "folded";
    try {
      localStorage.setItem("rail", folded ? "open" : "folded");
    } catch {
      // Storage is blocked: the choice lasts as long as the page.
    }
    window.dispatchEvent(new Event("magpipe:rail"));
  };
  return (
    <button
      type="button"
      onClick={toggle}
      aria-expanded={!folded}
      aria-label={folded ? unfoldLabel : foldLabel}
      title={folded ? unfoldLabel : foldLabel}
      className={className}
    >
      <PanelLeft size={16} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}
