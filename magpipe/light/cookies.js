// Stands for universal-cookie, of which Reflex uses these three in the browser, for state kept in cookies.
export default class Cookies {
  get(name) {
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
    return found && decodeURIComponent(found.slice(name.length + 1));
  }

  set(name, value, { path, domain, maxAge, expires, secure, sameSite } = {}) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const parts = [`${name}=${encodeURIComponent(text)}`];
    if (path) parts.push(`Path=${path}`);
    if (domain) parts.push(`Domain=${domain}`);
    if (maxAge !== undefined && maxAge !== null) parts.push(`Max-Age=${maxAge}`);
    if (expires) parts.push(`Expires=${new Date(expires).toUTCString()}`);
    if (secure) parts.push("Secure");
    if (sameSite) parts.push(`SameSite=${sameSite}`);
    document.cookie = parts.join("; ");
  }

  remove(name, options) {
    this.set(name, "", { ...options, maxAge: 0 });
  }
}
