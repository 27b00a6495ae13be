// Words about a control: shown after a pause on hover, at once on focus, never on touch.
import * as Tooltip from "@radix-ui/react-tooltip";

export const TIP_CLASS =
  "z-50 flex max-w-64 animate-enter items-center gap-2 rounded-control bg-tip px-2 py-1 text-12 text-on-tip select-none";

export function Tip({ text, shortcut, side = "top", children }) {
  if (!text) return children;
  return (
    <Tooltip.Provider delayDuration={450} skipDelayDuration={200} disableHoverableContent>
      <Tooltip.Root>
        {/* The child may be memoized by Reflex and take no ref, so the span around it is the anchor. */}
        <Tooltip.Trigger asChild>
          <span className="inline-flex">{children}</span>
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content side={side} sideOffset={6} collisionPadding={8} className={TIP_CLASS} aria-hidden="true">
            {text}
            {shortcut ? <kbd className="font-sans opacity-70">{shortcut}</kbd> : null}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}
