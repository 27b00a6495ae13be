// A menu under a button. Parts: Menu > MenuTrigger, MenuList > MenuItem | MenuChoice | MenuHeading | MenuSeparator.
import * as Radix from "@radix-ui/react-dropdown-menu";
import { Link } from "react-router";
import Check from "lucide-react/dist/esm/icons/check.mjs";

const ITEM =
  "flex min-h-8 select-none items-center gap-2 rounded-control px-2 py-1 text-14 outline-none pointer-coarse:min-h-11 " +
  "data-disabled:opacity-50 ";
const PLAIN = "text-ink data-highlighted:bg-hover [&>svg]:text-muted";
const DANGER = "text-danger-ink data-highlighted:bg-danger-soft";

export function Menu({ open, onOpenChange, children }) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => onOpenChange?.(next)} modal={false}>
      {children}
    </Radix.Root>
  );
}

export function MenuTrigger({ label, disabled, className, children }) {
  return (
    <Radix.Trigger type="button" aria-label={label || undefined} disabled={disabled} className={className}>
      {children}
    </Radix.Trigger>
  );
}

export function MenuList({ align, side, children }) {
  return (
    <Radix.Portal>
      <Radix.Content
        align={align}
        side={side}
        sideOffset={4}
        collisionPadding={8}
        loop
        className={
          "z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 max-w-80 animate-enter overflow-y-auto " +
          "rounded-card bg-raised p-1 shadow-float outline-none forced-colors:border"
        }
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  );
}

export function MenuItem({ danger, disabled, shortcut, href, onSelect, children }) {
  const className = ITEM + (danger ? DANGER : PLAIN);
  const hint = shortcut ? <kbd className="ml-auto pl-4 font-sans text-12 text-faint">{shortcut}</kbd> : null;
  if (href) {
    return (
      <Radix.Item asChild disabled={disabled} className={className} onSelect={() => onSelect?.()}>
        <Link to={href}>
          {children}
          {hint}
        </Link>
      </Radix.Item>
    );
  }
  return (
    <Radix.Item disabled={disabled} className={className} onSelect={() => onSelect?.()}>
      {children}
      {hint}
    </Radix.Item>
  );
}

export function MenuChoice({ checked, hint, onSelect, children }) {
  return (
    <Radix.CheckboxItem
      checked={!!checked}
      role="menuitemradio"
      onSelect={() => onSelect?.()}
      className={ITEM + "relative pr-8 " + (hint ? "py-1.5 " : "") + PLAIN}
    >
      <span className="min-w-0">
        <span className="flex items-center gap-2">{children}</span>
        {hint ? <span className="mt-0.5 block pl-6 text-12 text-muted">{hint}</span> : null}
      </span>
      <Radix.ItemIndicator className="absolute right-2 text-accent">
        <Check size={16} strokeWidth={2} aria-hidden="true" />
      </Radix.ItemIndicator>
    </Radix.CheckboxItem>
  );
}

export function MenuHeading({ children }) {
  return <Radix.Label className="px-2 pt-2 pb-1 text-12 font-medium text-muted">{children}</Radix.Label>;
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
