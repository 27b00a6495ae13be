// Stands for @emotion/react, of which the compiled pages use `jsx` alone. They are styled by class names, so its style
// engine (9 KB packed, on every page) would have next to nothing to do: what a page still gives as a style object is an
// inline style here. One with selectors could not be, and is refused by the build.
import { createElement } from "react";

export function jsx(type, props, ...children) {
  if (props?.css) {
    const { css, ...rest } = props;
    return createElement(type, { ...rest, style: { ...css, ...rest.style } }, ...children);
  }
  return createElement(type, props, ...children);
}
