// Views in place. Parts: Tabs > TabList > Tab, TabPanel.
import * as Radix from "@radix-ui/react-tabs";

export function Tabs({ value, defaultValue, onValueChange, children }) {
  return (
    <Radix.Root value={value} defaultValue={defaultValue} onValueChange={(next) => onValueChange?.(next)}>
      {children}
    </Radix.Root>
  );
}

export function TabList({ label, className, children }) {
  return (
    <Radix.List aria-label={label} className={className}>
      {children}
    </Radix.List>
  );
}

export function Tab({ value, className, children }) {
  return (
    <Radix.Trigger value={value} className={className}>
      {children}
    </Radix.Trigger>
  );
}

export function TabPanel({ value, className, children }) {
  return (
    <Radix.Content value={value} className={className}>
      {children}
    </Radix.Content>
  );
}
