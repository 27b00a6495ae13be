// A panel beside a button. Parts: Popover > PopoverTrigger, PopoverBody.
import * as Radix from "@radix-ui/react-popover";

export function Popover({ open, onOpenChange, children }) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => onOpenChange?.(next)}>
      {children}
    </Radix.Root>
  );
}

export function PopoverTrigger({ label, className, children }) {
  return (
    <Radix.Trigger type="button" aria-label={label || undefined} className={className}>
      {children}
    </Radix.Trigger>
  );
}

export function PopoverBody({ align, label, className, children }) {
  return (
    <Radix.Portal>
      <Radix.Content
        align={align}
        sideOffset={6}
        collisionPadding={8}
        aria-label={label || undefined}
        className={
          "z-50 max-h-(--radix-popover-content-available-height) max-w-[calc(100vw-1rem)] animate-enter overflow-y-auto " +
          `rounded-card bg-raised text-14 text-ink shadow-float outline-none forced-colors:border ${className}`
        }
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  );
}
