// A dialog over the page. Parts: Dialog > DialogTrigger?, DialogBody; DialogClose anywhere inside the body.
import * as Radix from "@radix-ui/react-dialog";
import { createContext, useContext, useEffect, useMemo, useRef, useState } from "react";
import X from "lucide-react/dist/esm/icons/x.mjs";

const Spec = createContext({});
// What is used while a dialog stays open: who calls, the call one is in, and what a toast offers.
const BESIDE = "[data-beside-dialogs], [data-sonner-toaster]";
const isBeside = (node) => Boolean(node?.closest?.(BESIDE));
const WIDTHS = { sm: "md:max-w-104", md: "md:max-w-136", lg: "md:max-w-180" };

export function Dialog({ open, layer, onOpenChange, title, description, size, role, closeLabel, children }) {
  const opener = useRef(null);
  const [own, setOwn] = useState(false);
  useEffect(() => {
    if (!layer) return undefined;
    const listen = (event) => event.detail === layer && setOwn(true);
    window.addEventListener("magpipe:layer", listen);
    return () => window.removeEventListener("magpipe:layer", listen);
  }, [layer]);
  const spec = useMemo(
    () => ({ title, description, size, role, closeLabel, opener }),
    [title, description, size, role, closeLabel],
  );
  const change = (next) => {
    setOwn(next);
    onOpenChange?.(next);
  };
  return (
    <Radix.Root open={open ?? own} onOpenChange={change}>
      <Spec.Provider value={spec}>{children}</Spec.Provider>
    </Radix.Root>
  );
}

// Given to a Radix content: a press beside it leaves the dialog, and what was typed into it, as it is. A button may be
// gone by the time Radix tells of the press, as that of a call that was put down.
let pressed = null;
export const staying = {
  onInteractOutside: (event) => (isBeside(event.target) || event.target === pressed) && event.preventDefault(),
  onEscapeKeyDown: (event) => isBeside(document.activeElement) && event.preventDefault(),
};

// Inside a Radix content, which pulls focus back from everywhere else: lets it be where a call is answered.
export function Beside() {
  useEffect(() => {
    const root = document.documentElement;
    const press = (event) => {
      pressed = isBeside(event.target) ? event.target : null;
    };
    const pass = (event) => {
      if (isBeside(event.type === "focusin" ? event.target : event.relatedTarget)) event.stopPropagation();
    };
    root.addEventListener("pointerdown", press, true);
    root.addEventListener("focusin", pass);
    root.addEventListener("focusout", pass);
    return () => {
      root.removeEventListener("pointerdown", press, true);
      root.removeEventListener("focusin", pass);
      root.removeEventListener("focusout", pass);
    };
  }, []);
  return null;
}

export function DialogTrigger({ label, className, children }) {
  return (
    <Radix.Trigger type="button" aria-label={label || undefined} className={className}>
      {children}
    </Radix.Trigger>
  );
}

export function DialogBody({ children }) {
  const { title, description, size = "md", role = "dialog", closeLabel, opener } = useContext(Spec);
  return (
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-40 animate-enter bg-veil" />
      <Radix.Content
        {...staying}
        role={role}
        aria-describedby={description ? undefined : ""}
        // Opened by a state var there is no trigger to return to: remember who had focus.
        onOpenAutoFocus={(event) => {
          opener.current = document.activeElement;
          if (role !== "alertdialog") {
            const field = event.target.querySelector("[autofocus], input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select");
            if (field) {
              event.preventDefault();
              field.focus();
            }
          }
        }}
        onCloseAutoFocus={(event) => {
          if (opener.current?.isConnected && opener.current !== document.body) {
            event.preventDefault();
            opener.current.focus();
          }
        }}
        className={
          "fixed inset-x-0 bottom-0 z-40 flex max-h-[92dvh] animate-sheet flex-col rounded-t-card border border-line bg-raised " +
          "pb-[env(safe-area-inset-bottom)] shadow-float md:top-[12dvh] md:bottom-auto md:mx-auto md:max-h-[76dvh] " +
          `md:rounded-card md:pb-0 ${WIDTHS[size]}`
        }
      >
        <Beside />
        <div className="flex items-start gap-4 px-5 pt-5 pb-3">
          <div className="min-w-0 flex-1">
            <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
            {description ? (
              <Radix.Description className="mt-1 text-14 text-muted">{description}</Radix.Description>
            ) : null}
          </div>
          {closeLabel ? (
            <Radix.Close
              aria-label={closeLabel}
              className="-mt-1 -mr-1 inline-flex size-7 shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:-mt-3 pointer-coarse:-mr-3 pointer-coarse:-mb-3 pointer-coarse:size-11"
            >
              <X size={16} strokeWidth={1.75} aria-hidden="true" />
            </Radix.Close>
          ) : null}
        </div>
        {children}
      </Radix.Content>
    </Radix.Portal>
  );
}

export function DialogClose({ className, onPress, children }) {
  return (
    <Radix.Close type="button" className={className} onClick={() => onPress?.()}>
      {children}
    </Radix.Close>
  );
}
