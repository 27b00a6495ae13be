// Stands for sonner, which draws the toasts, and fetches it (9 KB packed) when somebody begins to use the page or when
// the first toast comes, whichever is sooner. Most visitors of the public pages never meet one.
import { createElement, useEffect, useState } from "react";

const FIRST_USE = ["pointerdown", "keydown"];
// A live region is read out when it changes, not when it comes: what is said first waits until it has been noticed.
const NOTICED_MS = 150;
const regions = new Set();
let library = null;
let standing;
const region = new Promise((resolve) => {
  standing = resolve;
});

function fetchLibrary() {
  library ??= import("../node_modules/sonner/dist/index.mjs").then(
    (found) => {
      regions.forEach((show) => show(found));
      return found;
    },
    () => {
      library = null; // Offline, perhaps: the next toast asks again.
    },
  );
}

export function Toaster(props) {
  const [found, setFound] = useState(null);
  useEffect(() => {
    const show = (loaded) => setFound(loaded);
    regions.add(show);
    library?.then((loaded) => loaded && show(loaded));
    FIRST_USE.forEach((use) => window.addEventListener(use, fetchLibrary, { once: true, passive: true }));
    return () => {
      regions.delete(show);
      FIRST_USE.forEach((use) => window.removeEventListener(use, fetchLibrary));
    };
  }, []);
  useEffect(() => {
    if (found) setTimeout(() => standing(found), NOTICED_MS);
  }, [found]);
  return found ? createElement(found.Toaster, props) : null;
}

function sender(kind) {
  return (...said) => {
    fetchLibrary();
    region.then(({ toast: send }) => (kind ? send[kind](...said) : send(...said)));
  };
}

const KINDS = ["success", "info", "warning", "error", "message", "loading", "dismiss"];
export const toast = Object.assign(sender(), Object.fromEntries(KINDS.map((kind) => [kind, sender(kind)])));
