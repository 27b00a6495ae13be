() => {
  const shown = (node) => {
    const box = node.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const nameOf = (node) => {
    const words = node.getAttribute("aria-label") || node.innerText || node.id || node.className;
    return `${node.localName} “${String(words).trim().replace(/\s+/g, " ").slice(0, 50)}”`;
  };

  // Any CSS colour as [r, g, b, a]: the canvas understands every notation.
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
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

    paleWords() {
      const pale = new Set();
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const text = walk.currentNode.textContent.trim();
        const node = walk.currentNode.parentElement;
        if (!text || !shown(node) || node.closest("script, style, noscript, :disabled, [aria-disabled=true], .sr-only")) continue;
        const look = getComputedStyle(node);
        const ground = behind(node);
        const ink = over(rgba(look.color), ground);
        const size = parseFloat(look.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(look.fontWeight) >= 700);
        const found = contrast(ink, ground);
        if (found < (isLarge ? 3 : 4.5) - 0.01) pale.add(`${found.toFixed(2)}: “${text.slice(0, 40)}” (${look.color} on ${ground.slice(0, 3).map(Math.round)})`);
      }
      return [...pale];
    },

    structure() {
      const wrong = [];
      const all = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
      if (!document.documentElement.lang) wrong.push("no language");
      if (!document.title.trim()) wrong.push("no title");
      for (const [what, selector] of [["main", "main, [role=main]"], ["h1", "h1"]]) {
        const count = all(selector).length;
        if (count !== 1) wrong.push(`${count} × ${what}`);
      }
      const levels = all("h1, h2, h3, h4, h5, h6").map((node) => [Number(node.localName[1]), nameOf(node)]);
      levels.forEach(([level, name], place) => {
        if (place && level > levels[place - 1][0] + 1) wrong.push(`heading level ${levels[place - 1][0]} then ${level}: ${name}`);
      });
      for (const image of all("img")) if (!image.hasAttribute("alt")) wrong.push(`no alt: ${image.src}`);
      for (const nav of all("nav")) if (all("nav").length > 1 && !nav.ariaLabel) wrong.push("a navigation without a name among several");
      const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
      ids.filter((id, place) => ids.indexOf(id) !== place).forEach((id) => wrong.push(`id twice: ${id}`));
      for (const node of all("a a, a button, button a, button button")) wrong.push(`a control inside a control: ${nameOf(node)}`);
      return wrong;
    },
  };
}
