// An input with a list under it. The pattern (roles, active descendant, keys) is downshift's.
import { useCombobox } from "downshift";
import { useEffect, useMemo, useRef, useState } from "react";
import Check from "lucide-react/dist/esm/icons/check.mjs";
import ChevronDown from "lucide-react/dist/esm/icons/chevron-down.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";

const QUERY_PAUSE_MS = 200;
const SHOWN_AT_ONCE = 100;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function Combobox({
  inputId,
  name,
  options = [],
  value = "",
  searched,
  placeholder,
  emptyText,
  toggleLabel,
  clearLabel,
  invalid,
  disabled,
  describedBy,
  onChange,
  onQuery,
}) {
  const [query, setQuery] = useState("");
  const [typed, setTyped] = useState(false);
  const pause = useRef(0);
  const chosen = options.find((option) => option.value === value) ?? null;
  const shown = useMemo(() => {
    const needle = typed && !searched ? plain(query) : "";
    const hits = needle
      ? options.filter((option) => plain(`${option.label} ${option.hint ?? ""}`).includes(needle))
      : options;
    return hits.slice(0, SHOWN_AT_ONCE);
  }, [options, query, typed, searched]);

  const box = useCombobox({
    id: inputId,
    inputId,
    items: shown,
    selectedItem: chosen,
    inputValue: typed ? query : (chosen?.label ?? ""),
    itemToString: (option) => option?.label ?? "",
    onSelectedItemChange: ({ selectedItem }) => {
      setTyped(false);
      onChange?.(selectedItem?.value ?? "");
    },
    onIsOpenChange: ({ isOpen }) => {
      if (!isOpen) setTyped(false);
    },
  });
  useEffect(() => () => clearTimeout(pause.current), []);

  // Kept in step with each key: after downshift's own, later, change of state a fast typist loses characters.
  const type = (event) => {
    const text = event.target.value;
    setTyped(true);
    setQuery(text);
    if (searched) {
      clearTimeout(pause.current);
      pause.current = setTimeout(() => onQuery?.(text), QUERY_PAUSE_MS);
    }
  };

  const icon = "inline-flex size-6 items-center justify-center rounded-control text-muted hover:text-ink";
  return (
    <div className="relative">
      <input
        {...box.getInputProps({
          disabled,
          placeholder,
          onChange: type,
          "aria-invalid": invalid || undefined,
          "aria-describedby": describedBy,
        })}
        className="h-9 w-full rounded-control border border-control bg-canvas pr-16 pl-3 text-14 text-ink transition-colors hover:border-muted focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-sunken aria-invalid:border-danger pointer-coarse:h-11 pointer-coarse:text-16"
      />
      <input type="hidden" name={name} value={value} />
      <div className="absolute inset-y-0 right-1.5 flex items-center">
        {chosen && !disabled && clearLabel ? (
          <button
            type="button"
            aria-label={clearLabel}
            className={icon}
            onClick={() => {
              setTyped(false);
              onChange?.("");
            }}
          >
            <X size={16} strokeWidth={1.75} aria-hidden="true" />
          </button>
        ) : null}
        <button type="button" {...box.getToggleButtonProps({ disabled, "aria-label": toggleLabel })} className={icon}>
          <ChevronDown size={16} strokeWidth={1.75} aria-hidden="true" />
        </button>
      </div>
      <ul
        {...box.getMenuProps({ "aria-label": placeholder || undefined })}
        className={
          "absolute inset-x-0 top-full z-50 mt-1 max-h-72 overflow-y-auto rounded-card bg-raised p-1 shadow-float " +
          (box.isOpen ? "animate-enter forced-colors:border" : "hidden")
        }
      >
        {box.isOpen && shown.length === 0 ? <li className="px-2 py-1.5 text-13 text-muted">{emptyText}</li> : null}
        {box.isOpen
          ? shown.map((option, index) => (
              <li
                key={option.value}
                {...box.getItemProps({ item: option, index })}
                className={
                  "flex min-h-8 cursor-pointer items-center gap-2 rounded-control px-2 py-1 text-14 pointer-coarse:min-h-11 " +
                  (box.highlightedIndex === index ? "bg-hover" : "")
                }
              >
                <span className="min-w-0 flex-1 truncate">{option.label}</span>
                {option.hint ? <span className="truncate text-12 text-muted">{option.hint}</span> : null}
                {option.value === value ? (
                  <Check size={16} strokeWidth={2} aria-hidden="true" className="text-accent" />
                ) : null}
              </li>
            ))
          : null}
      </ul>
    </div>
  );
}
