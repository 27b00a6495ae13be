() => {
  const shown = (node) => {
    const box = node.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const nameOf = (node) => {
    const words = node.getAttribute("aria-label") || node.innerText || node.id || node.className;
    return `${node.localName} “${String(words).trim().replace(/\s+/g, " ").slice(0, 50)}”`;
  };

  return {
    sideways() {
      const root = document.scrollingElement;
      if (root.scrollWidth <= innerWidth) return "";
      const wide = [...document.querySelectorAll("body *")].filter(
        (node) => shown(node) && node.getBoundingClientRect().right > innerWidth + 1,
      );
      return `${root.scrollWidth} px wide at ${innerWidth}: ${wide.slice(-3).map(nameOf).join(", ")}`;
    },

    smallTargets(least, within) {
      const controls = "button, a[href], input:not([type=hidden]), select, textarea, summary, [role=switch], [role=tab]";
      return [...document.querySelectorAll(within)]
        .flatMap((part) => [...part.querySelectorAll(controls), ...(part.matches(controls) ? [part] : [])])
        .filter((node) => {
          if (!shown(node) || node.disabled || node.closest("[aria-hidden=true], [inert]")) return false;
          if (node.closest("[data-sonner-toaster]")) return false;
          // WCAG 2.5.8 leaves out links in running text.
          const inText = node.localName === "a" && getComputedStyle(node).display === "inline";
          const box = (node.matches("input[type=checkbox], input[type=radio]") && node.closest("label") ? node.closest("label") : node).getBoundingClientRect();
          return !inText && Math.min(box.width, box.height) < least - 0.5;
        })
        .map((node) => {
          const box = node.getBoundingClientRect();
          return `${nameOf(node)} is ${Math.round(box.width)} × ${Math.round(box.height)}`;
        });
    },
  };
}
