/* Magpipe web chat: one script tag, no dependency, in a shadow root of its own. Commands, events and what a strict
   content security policy must allow are described in docs/web-chat.md. Nothing here evaluates text or sets HTML. */
(() => {
  "use strict";
  const tag = document.currentScript || document.querySelector("script[data-widget-key]");
  const queued = window.magpipe;
  if (!tag || (queued && queued.isLoaded)) return;
  const base = new URL(tag.src).origin;
  const isPreview = "preview" in tag.dataset;
  let key = tag.dataset.widgetKey || "";
  let config, ui, visitor = {}, token = "", state = {}, lines = new Map(), outbox = [], chips = [];
  let lastSeq = 0, seenSeq = 0, isOpen = false, stream = null, isKnown = false, isGone = false, isFlushing = false, isDue = false;
  let socket, isReady = false, wasReady = false, fails = 0, timer, beat, heardAt = 0, typedAt = 0, typingOff, streamOff, channel, opening;
  const listeners = {};

  // --- Small tools ---
  const uid = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
  const say = (word, values) => (config.words[word] || "").replace(/\{(\w+)\}/g, (_, name) => (values || {})[name] ?? "");
  const emit = (name, detail) => (listeners[name] || []).forEach((hear) => { try { hear(detail); } catch (e) { console.error(e); } });
  const kept = (area, name, value) => {
    // Storage may be switched off; then the chat lives as long as the page.
    try {
      const place = `magpipe:${key}:${name}`;
      if (value === undefined) return JSON.parse(area.getItem(place));
      value === null ? area.removeItem(place) : area.setItem(place, JSON.stringify(value));
    } catch { return null; }
  };
  const local = (name, value) => { try { return kept(localStorage, name, value); } catch { return null; } };
  const tab = (name, value) => { try { return kept(sessionStorage, name, value); } catch { return null; } };
  const h = (name, props, ...children) => {
    const node = document.createElement(name);
    for (const [prop, value] of Object.entries(props || {})) {
      if (value === false || value === undefined || value === null) continue;
      if (prop.startsWith("on")) node.addEventListener(prop.slice(2), value);
      else node.setAttribute(prop, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== false && child !== undefined));
    return node;
  };
  const icon = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };
  const ICONS = {
    chat: "M21 12a8 8 0 0 1-8 8H4l2-3.5A8 8 0 1 1 21 12Z", close: "M6 6l12 12M18 6 6 18", send: "M12 19V5m-6 6 6-6 6 6",
    attach: "M20 11.5 12 19.4a5 5 0 0 1-7-7l8.3-8.2a3.3 3.3 0 0 1 4.7 4.7l-8.3 8.2a1.7 1.7 0 0 1-2.4-2.4l7.7-7.6",
  };

  class Failure extends Error {
    constructor(status, body) {
      super(body?.error?.message || "");
      this.status = status;
      this.code = body?.error?.code || "";
      this.field = body?.error?.details?.field || "";
      this.wait = body?.error?.details?.retry_after_s || 0;
    }
  }
  const call = async (path, body, options) => {
    // Plain text spares browsers the preflight that JSON would need.
    const reply = await fetch(`${base}/api/chat/${path}`, body ? { method: "POST", credentials: "omit", body: JSON.stringify(body), ...options } : { credentials: "omit" });
    const said = reply.status === 204 ? {} : await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Failure(reply.status, said);
    return said;
  };
  const about = () => ({ ...visitor, visitor: local("visitor") || "", page: location.href.split("#")[0], title: document.title, lang: navigator.language });

  // --- Session ---
  const open = () => (opening = opening || call("session", { key, token, ...about() }).then(take).finally(() => (opening = null)));
  function take(opened) {
    if (opened.token) { token = opened.token; local("token", token); tell({ t: "token", token }); }
    if (opened.visitor) local("visitor", opened.visitor);
    // Another session counts its messages from one again.
    if (opened.session && opened.session !== local("session")) { forget(false); local("session", opened.session); }
    hear(opened.messages || [], opened.state);
  }
  function forget(isTokenToo = true) {
    lines = new Map(); lastSeq = seenSeq = 0; stream = null; state = {};
    for (const name of ["lines", "seen", "session"]) local(name, null);
    if (isTokenToo) { token = ""; local("token", null); hang(); }
    draw();
  }
  const tell = (said) => channel && channel.postMessage(said);

  // --- What is said ---
  // `isAll`: nothing stands between these and what was heard before; of the answer to a message of one's own that is not sure.
  function hear(messages, fresh, isAll = true) {
    if (fresh) {
      state = fresh;
      if (fresh.visitor_read > seenSeq) seenSeq = fresh.visitor_read;
    }
    for (const line of messages) {
      const earlier = lines.get(line.seq);
      if (isAll) lastSeq = Math.max(lastSeq, line.seq);
      if (earlier && !earlier.isOld) continue;
      lines.set(line.seq, line);
      outbox = outbox.filter((sent) => sent.id !== line.client_id);
      if (stream && (line.turn === stream.turn || line.who === "ai")) stream = null;
      if (line.who !== "visitor" && !earlier) {
        typing("");
        emit("message", { from: line.who, name: line.name, text: line.text, at: line.at });
      }
    }
    if (messages.length) { keep(); isGone = false; }
    draw();
    look();
  }
  function keep() {
    local("lines", [...lines.values()].sort((a, b) => a.seq - b.seq).slice(-40).map((line) => ({ ...line, files: [] })));
    local("outbox", outbox.length ? outbox : null);
    local("seen", seenSeq);
  }
  function send(text, files) {
    outbox.push({ id: uid(), text, files: files || [], at: new Date().toISOString() });
    keep();
    draw(true);
    flush();
  }
  async function flush(attempt = 0) {
    if (isFlushing || isPreview) return;
    const next = outbox.find((one) => !one.error);
    if (!next) return;
    isFlushing = true;
    let again = 0;
    try {
      if (!token) await open();
      const { message } = await call("message", { token, id: next.id, text: next.text, files: next.files.map((file) => file.id), ...about() });
      hear([message], undefined, false);
      emit("sent", { text: next.text });
      if (state.mode !== "human" && config.is_open && !stream) typing(config.name, 25000);
      connect();
      attempt = 0;
    } catch (failure) {
      if (failure.status === 401 && attempt < 2) { forget(); again = 1; }
      else if (failure.status && failure.status < 500) { next.error = failure.message || say("failed"); emit("error", { code: failure.code, message: next.error }); }
      else again = Math.min(30000, 1000 * 2 ** attempt) * (0.5 + Math.random() / 2);
    }
    isFlushing = false;
    keep();
    draw();
    if (again) setTimeout(() => flush(attempt + 1), again);
    else if (outbox.some((one) => !one.error)) flush();
  }
  function look() {
    // What stands on an open, visible screen is read.
    if (!isOpen || document.hidden || lastSeq <= seenSeq) return badge();
    seenSeq = lastSeq;
    local("seen", seenSeq);
    tell({ t: "seen", seq: seenSeq });
    if (isReady) socket.send(JSON.stringify({ t: "seen", seq: seenSeq }));
    badge();
  }

  // --- Connection: a socket, or asking now and then where none comes through ---
  function connect() {
    if (!token || isPreview || socket || !ui) return;
    clearTimeout(timer);
    const mine = (socket = new WebSocket(`${base.replace(/^http/, "ws")}/api/chat/socket`));
    mine.onopen = () => mine.send(JSON.stringify({ token, after: lastSeq }));
    mine.onmessage = (event) => {
      heardAt = Date.now();
      const said = JSON.parse(event.data);
      if (said.t === "ready") {
        isReady = wasReady = true; fails = 0;
        note("");
        take(said);
        if (seenSeq > said.state.visitor_read) mine.send(JSON.stringify({ t: "seen", seq: seenSeq }));
        flush();
      } else if (said.t === "news") hear(said.messages, said.state);
      else if (said.t === "piece") {
        if (!stream || stream.turn !== said.turn) stream = { turn: said.turn, text: "" };
        stream.text = stream.text.slice(0, said.at) + said.text;
        clearTimeout(streamOff);
        // A person may have taken over while the assistant wrote: then nothing comes of it.
        streamOff = setTimeout(() => { stream = null; draw(); }, 15000);
        typing("");
        draw();
      } else if (said.t === "typing") typing(said.name);
      else if (said.t === "ended" || said.t === "refused") {
        isGone = lines.size > 0;
        token = ""; local("token", null);
        draw();
      }
    };
    mine.onclose = (event) => {
      if (socket !== mine) return;
      hang();
      if (!token || !ui) return;
      fails += 1;
      if (isOpen) note(say("offline"));
      // Thousands of pages lose a server at once and must not come back at once.
      const most = fails > 8 ? 30000 : Math.min(10000, 1500 * 2 ** fails);
      timer = setTimeout(!wasReady && fails > 3 ? poll : connect, event.code === 4429 ? 30000 : 500 + Math.random() * most);
    };
    clearInterval(beat);
    beat = setInterval(() => {
      if (Date.now() - heardAt > 60000 && isReady) return mine.close();
      if (isReady) mine.send('{"t":"ping"}');
    }, 25000);
  }
  async function poll() {
    try {
      take(await call("poll", { token, after: lastSeq, seen: isOpen && !document.hidden ? lastSeq : 0 }));
      note("");
    } catch (failure) {
      if (failure.status === 401) { token = ""; local("token", null); return; }
    }
    fails += 1;
    timer = setTimeout(fails % 8 ? poll : connect, (isOpen ? 4000 : 20000) * (0.75 + Math.random() / 2));
  }
  function hang() {
    clearTimeout(timer);
    clearInterval(beat);
    const old = socket;
    socket = null; isReady = false;
    if (old) { old.onclose = old.onmessage = null; old.close(); }
  }

  // --- What is seen ---
  const CSS = `:host{all:initial!important;position:fixed!important;z-index:2147483000!important}
:host([hidden]){display:none!important}
*{box-sizing:border-box;margin:0}
[hidden]{display:none!important}
.r{--b:#fff;--t:#14171c;--m:#565e6c;--s:#f1f2f5;--l:#dfe2e8;--e:#b42318;--w:0 12px 40px rgba(15,18,25,.22),0 2px 6px rgba(15,18,25,.12);font:400 15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--t);position:fixed;display:flex;flex-direction:column;gap:14px;color-scheme:light}
.dark{--b:#15171c;--t:#f2f3f6;--m:#a4abb8;--s:#252932;--l:#363b46;--e:#ff9b8f;color-scheme:dark}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;border-radius:8px;display:grid;place-items:center}
svg{width:22px;height:22px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
:focus-visible{outline:3px solid var(--c);outline-offset:2px;box-shadow:0 0 0 2px var(--b)}
.launch{width:56px;height:56px;border-radius:50%;background:var(--c);color:var(--i);box-shadow:var(--w);position:relative;transition:transform .12s}
.launch:hover{transform:scale(1.05)}
.launch svg{width:26px;height:26px}
.badge{position:absolute;top:-3px;right:-3px;min-width:21px;height:21px;padding:0 6px;border-radius:11px;background:#c4221a;color:#fff;font:600 12px/21px system-ui,sans-serif;text-align:center}
.panel{width:384px;height:min(620px,calc(100dvh - 110px));background:var(--b);border-radius:16px;box-shadow:var(--w);display:flex;flex-direction:column;overflow:hidden;border:1px solid var(--l)}
.head{display:flex;align-items:center;gap:10px;padding:12px 10px 12px 16px;background:var(--c);color:var(--i);flex:none}
.face{width:36px;height:36px;border-radius:50%;background:var(--i);color:var(--c);display:grid;place-items:center;font-weight:600;flex:none}
.head>div{flex:1;min-width:0}
h2{font-size:16px;line-height:1.25;font-weight:600;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.head p{font-size:13px;line-height:1.3}
.head button,.tools button{width:40px;height:40px;flex:none}
.head button:focus-visible{outline-color:var(--i);box-shadow:none}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column;gap:4px}
.log>:first-child{margin-top:auto}
.row{max-width:84%;align-self:flex-start;display:flex;flex-direction:column;gap:3px;margin-top:6px}
.me{align-self:flex-end;align-items:flex-end}
.by,.when{font-size:12px;color:var(--m)}
.by{padding-left:4px}
.when{min-height:17px}
.err{color:var(--e)}
.text{padding:9px 13px;border-radius:16px 16px 16px 5px;background:var(--s);white-space:pre-wrap;overflow-wrap:anywhere}
.me .text{background:var(--c);color:var(--i);border-radius:16px 16px 5px 16px}
a{color:inherit;text-decoration:underline;text-underline-offset:2px}
.pic{display:block;border-radius:12px;overflow:hidden;background:var(--s);width:220px;height:160px}
.pic img{width:100%;height:100%;object-fit:cover;display:block}
.sys{align-self:center;font-size:13px;color:var(--m);margin:8px 0;text-align:center;display:grid;gap:8px;justify-items:center}
.dots{display:inline-flex;gap:4px;padding:13px}
.dots i{width:6px;height:6px;border-radius:50%;background:var(--m);animation:b 1.2s infinite}
.dots i+i{animation-delay:.15s}.dots i+i+i{animation-delay:.3s}
@keyframes b{30%{transform:translateY(-4px)}60%,to{transform:none}}
.note{padding:7px 16px;font-size:13px;background:var(--s);color:var(--m);flex:none}
form{border-top:1px solid var(--l);padding:10px 12px;flex:none;display:grid;gap:8px}
.tools{display:flex;align-items:flex-end;gap:4px}
textarea{flex:1;min-width:0;resize:none;border:0;outline:0;background:none;color:inherit;font:inherit;font-size:16px;padding:8px 4px;min-height:40px;max-height:132px}
.write:focus-within{box-shadow:inset 0 2px var(--c)}
.write textarea:focus-visible{outline:0;box-shadow:none}
::placeholder{color:var(--m);opacity:1}
.go{background:var(--c);color:var(--i);border-radius:50%}
.go:disabled{background:var(--s);color:var(--m);cursor:default}
.files{display:flex;flex-wrap:wrap;gap:6px}
.chip{display:flex;align-items:center;gap:4px;font-size:13px;background:var(--s);border-radius:8px;padding:2px 2px 2px 10px;max-width:100%}
.chip span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.chip button{width:28px;height:28px}.chip svg{width:14px;height:14px}
label{display:grid;gap:4px;font-size:14px}
input:not([type=file]){font:inherit;font-size:16px;color:inherit;background:var(--b);border:1px solid var(--m);border-radius:8px;padding:9px 11px;width:100%}
.big{background:var(--c);color:var(--i);padding:11px;font-weight:600}
.link{text-decoration:underline;padding:4px 8px;color:inherit}
.fault{color:var(--e);font-size:13px}
.off{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:480px){.panel{position:fixed;inset:0;width:auto;height:100dvh;border:0;border-radius:0;padding-bottom:env(safe-area-inset-bottom)}.opened .launch{display:none}}
@media (pointer:coarse){.head button,.tools button{width:44px;height:44px}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media (forced-colors:active){.text,.launch,.panel,.go,.big{border:1px solid}}`;

  function build() {
    const host = h("div", { "data-magpipe": "" });
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    const own = new CSSStyleSheet();
    const [vertical, horizontal] = config.position.split("-");
    own.replaceSync(`.r{--c:${config.color};--i:${config.ink};${vertical}:${config.offset_y}px;${horizontal}:${config.offset_x}px;align-items:${horizontal === "right" ? "flex-end" : "flex-start"};flex-direction:${vertical === "top" ? "column-reverse" : "column"}}`);
    root.adoptedStyleSheets = [sheet, own];
    const part = {
      host,
      badge: h("span", { class: "badge", hidden: true }),
      title: h("h2", { id: "t" }),
      status: h("p"),
      face: h("span", { class: "face", "aria-hidden": "true" }),
      log: h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", "aria-labelledby": "t", lang: config.lang }),
      live: h("div", { "aria-hidden": "true" }),
      typing: h("div", { class: "off", role: "status" }),
      note: h("div", { class: "note", role: "status", hidden: true }),
      files: h("div", { class: "files", hidden: true }),
      text: h("textarea", { rows: "1", maxlength: config.max_length, placeholder: say("write"), "aria-label": say("write"), enterkeyhint: "send" }),
      pick: h("input", { type: "file", multiple: true, accept: config.file_types, hidden: true, "aria-label": say("attach") }),
    };
    part.close = h("button", { type: "button", "aria-label": say("close"), onclick: () => shut() }, icon(ICONS.close));
    part.go = h("button", { class: "go", type: "submit", "aria-label": say("send"), disabled: true }, icon(ICONS.send));
    part.launch = h("button", { class: "launch", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-label": say("open"), onclick: () => (isOpen ? shut() : show()) }, icon(ICONS.chat), part.badge);
    part.clip = config.takes_files && h("button", { type: "button", "aria-label": say("attach"), onclick: () => part.pick.click() }, icon(ICONS.attach));
    part.write = h("form", { class: "write", onsubmit: submit }, part.files, h("div", { class: "tools" }, part.clip, part.text, part.go), part.pick);
    part.ask = h("form", { novalidate: true, onsubmit: begin, hidden: true });
    part.panel = h("section", { class: "panel", role: "dialog", "aria-labelledby": "t", lang: config.lang, hidden: true, onkeydown: keys },
      h("div", { class: "head" }, part.face, h("div", {}, part.title, part.status), part.close), part.log, part.typing, part.note, part.ask, part.write);
    part.root = h("div", { class: "r" }, part.panel, part.launch);
    root.append(part.root);
    part.text.addEventListener("input", typed);
    part.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(event); }
    });
    part.text.addEventListener("paste", (event) => event.clipboardData.files.length && attach(event.clipboardData.files));
    part.panel.addEventListener("dragover", (event) => event.preventDefault());
    part.panel.addEventListener("drop", (event) => { event.preventDefault(); attach(event.dataTransfer.files); });
    part.pick.addEventListener("change", () => { attach(part.pick.files); part.pick.value = ""; });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const paint = () => part.root.classList.toggle("dark", config.theme === "dark" || (config.theme === "auto" && dark.matches));
    dark.addEventListener("change", paint);
    paint();
    document.body.append(host);
    return part;
  }

  function draw(isToEnd) {
    if (!ui) return;
    const log = ui.log;
    const wasAtEnd = isToEnd || log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    const person = state.mode === "human" ? state.person : "";
    ui.title.textContent = person || config.name;
    ui.face.textContent = (person || config.name).slice(0, 1).toUpperCase();
    ui.status.textContent = person ? config.name : state.mode === "human" ? "" : say("assistant");
    const isAsking = config.asks.length > 0 && !isKnown && !lines.size && !outbox.length;
    ui.write.hidden = isAsking;
    if (isAsking && ui.ask.hidden) ask();
    ui.ask.hidden = !isAsking;
    // Rows are added and never redrawn, so that a screen reader hears each once and a picture loads once.
    const wanted = rows();
    const present = new Map([...log.children].map((node) => [node.dataset.row, node]));
    let place = null;
    for (const row of wanted) {
      let node = present.get(row.id);
      present.delete(row.id);
      if (!node || node.dataset.look !== row.look) {
        const fresh = row.make();
        fresh.dataset.row = row.id;
        fresh.dataset.look = row.look;
        if (node) node.replaceWith(fresh);
        node = fresh;
      }
      const next = place ? place.nextSibling : log.firstChild;
      if (node !== next) log.insertBefore(node, next);
      place = node;
    }
    present.forEach((node) => node.remove());
    if (wasAtEnd) log.scrollTop = log.scrollHeight;
    badge();
  }
  function rows() {
    const found = [];
    const add = (id, look, make) => found.push({ id, look, make });
    if (config.greeting) add("hello", config.greeting + config.name, () => bubble({ who: "ai", name: config.name, text: config.greeting, files: [] }, true));
    if (!config.is_open && config.offline) add("closed", config.offline, () => h("p", { class: "sys" }, config.offline));
    const sorted = [...lines.values()].sort((a, b) => a.seq - b.seq);
    const lastMine = sorted.filter((line) => line.who === "visitor").pop();
    let before = config.greeting ? "ai" + config.name : "";
    for (const line of sorted) {
      const isNewVoice = line.who + line.name !== before;
      before = line.who + line.name;
      if (line.who === "system") { add(`s${line.seq}`, line.text, () => h("p", { class: "sys" }, line.text === "joined" ? say("joined", line) : line.text)); continue; }
      const tick = line === lastMine && !outbox.length ? (state.team_read >= line.seq ? "read" : "sent") : "";
      // The same row from the moment it is typed, so that it does not jump.
      add(line.client_id || `m${line.seq}`, `${line.seq}${tick}${isNewVoice}${line.files.length}`, () => bubble(line, isNewVoice, tick && say(tick)));
    }
    for (const one of outbox) add(one.id, `w${one.error || ""}`, () => bubble({ ...one, who: "visitor" }, false, one.error || say("sending"), one));
    if (stream && stream.text) add("stream", stream.text, () => { const node = bubble({ who: "ai", name: config.name, text: stream.text, files: [] }, before !== "ai" + config.name); node.setAttribute("aria-hidden", "true"); return node; });
    else if (ui.who) add("dots", ui.who, () => h("div", { class: "row", "aria-hidden": "true" }, h("span", { class: "text dots" }, h("i"), h("i"), h("i"))));
    if (isGone) add("gone", "", () => h("div", { class: "sys" }, say("again"), h("button", { type: "button", class: "link", onclick: () => { isGone = false; forget(); ui.text.focus(); } }, say("fresh"))));
    return found;
  }
  function bubble(line, isNewVoice, under, waiting) {
    const isMine = line.who === "visitor";
    const at = line.at && new Date(line.at).toLocaleString(config.lang, { dateStyle: "medium", timeStyle: "short" });
    const node = h("div", { class: `row${isMine ? " me" : ""}${waiting ? " wait" : ""}`, title: at });
    if (!isMine && isNewVoice) node.append(h("span", { class: "by" }, line.name || config.name));
    else node.append(h("span", { class: "off" }, `${isMine ? say("you") : line.name || config.name}: `));
    if (line.text) node.append(h("div", { class: "text", dir: "auto" }, ...linked(line.text)));
    for (const file of line.files) node.append(shown(file));
    if (under !== undefined && under !== "") {
      const foot = h("span", { class: `when${waiting && waiting.error ? " err" : ""}` }, under);
      if (waiting && waiting.error) foot.append(" ", h("button", { type: "button", class: "link", onclick: () => { delete waiting.error; draw(); flush(); } }, say("retry")));
      node.append(foot);
    }
    return node;
  }
  function linked(text) {
    return text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}])/).map((part, place) =>
      place % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow ugc" }, part) : part);
  }
  function shown(file) {
    const address = file.url && base + file.url;
    const options = { href: address, target: "_blank", rel: "noopener noreferrer" };
    if (address && file.is_image) return h("a", { ...options, class: "pic" }, h("img", { src: address, alt: file.name, loading: "lazy" }));
    return h("a", { ...options, class: "text" }, file.name);
  }
  function badge() {
    if (!ui) return;
    const count = isOpen && !document.hidden ? 0 : [...lines.values()].filter((line) => line.seq > seenSeq && (line.who === "ai" || line.who === "person")).length;
    if (String(count) === ui.badge.dataset.count) return;
    ui.badge.dataset.count = count;
    ui.badge.hidden = !count;
    ui.badge.textContent = count > 9 ? "9+" : count || "";
    ui.launch.setAttribute("aria-label", isOpen ? say("close") : count ? `${say("open")}, ${say("unread", { count })}` : say("open"));
    emit("unread", { count });
  }
  function typing(name, ms) {
    if (!ui) return;
    clearTimeout(typingOff);
    ui.who = name;
    ui.typing.textContent = name ? say("typing", { name }) : "";
    if (name) { typingOff = setTimeout(() => { typing(""); draw(); }, ms || 6000); draw(); }
  }
  function note(words) { if (ui) { ui.note.hidden = !words; ui.note.textContent = words; } }

  // --- What is done ---
  function show() {
    if (!ui || isOpen) return;
    isOpen = true;
    tab("open", true);
    ui.panel.hidden = false;
    ui.root.classList.add("opened");
    ui.launch.setAttribute("aria-expanded", "true");
    ui.launch.setAttribute("aria-label", say("close"));
    ui.panel.setAttribute("aria-modal", String(innerWidth <= 480));
    draw(true);
    const first = ui.ask.hidden ? ui.text : ui.ask.querySelector("input");
    // On a phone the keyboard would cover what there is to read.
    if (!isPreview) (matchMedia("(pointer: coarse)").matches ? ui.close : first).focus();
    connect();
    look();
    emit("open");
  }
  function shut() {
    if (!ui || !isOpen) return;
    isOpen = false;
    tab("open", null);
    ui.panel.hidden = true;
    ui.root.classList.remove("opened");
    ui.launch.setAttribute("aria-expanded", "false");
    ui.launch.setAttribute("aria-label", say("open"));
    ui.launch.focus();
    emit("close");
  }
  function keys(event) {
    if (event.key === "Escape") { event.stopPropagation(); shut(); }
    if (event.key !== "Tab" || innerWidth > 480) return;
    // A full screen keeps the focus; there is nothing else to reach.
    const all = [...ui.panel.querySelectorAll("button,textarea,input,a,[tabindex]")].filter((node) => !node.disabled && node.offsetParent);
    const active = ui.panel.getRootNode().activeElement;
    const edge = event.shiftKey ? all[0] : all[all.length - 1];
    if (active === edge) { event.preventDefault(); (event.shiftKey ? all[all.length - 1] : all[0]).focus(); }
  }
  function typed() {
    const text = ui.text.value;
    // In rows, because a strict policy allows no style attribute.
    ui.text.rows = Math.min(5, Math.max(1, text.split("\n").length + Math.floor(text.length / 40)));
    ui.go.disabled = !text.trim() && !chips.some((chip) => chip.id);
    local("draft", text || null);
    if (isReady && text && Date.now() - typedAt > 3000) { typedAt = Date.now(); socket.send('{"t":"typing"}'); }
  }
  function submit(event) {
    if (event) event.preventDefault();
    const text = ui.text.value.trim(), files = chips.filter((chip) => chip.id);
    // What is on its way still is waited for.
    isDue = chips.length > files.length;
    if ((!text && !files.length) || isDue) return;
    ui.text.value = "";
    chips = [];
    chipped();
    typed();
    if (isPreview) { hear([{ seq: lastSeq + 1, who: "visitor", name: "", text, at: new Date().toISOString(), client_id: uid(), turn: "", files: [] }]); return; }
    send(text, files);
  }
  async function attach(list) {
    if (!config.takes_files || isPreview) return;
    for (const file of [...list].slice(0, 5 - chips.length)) {
      if (file.size > config.max_file_mb * 1e6) { note(say("too_large", { size: config.max_file_mb })); continue; }
      const chip = { name: file.name };
      chips.push(chip);
      chipped();
      try {
        if (!token) await open();
        const { file: made } = await call(`upload?name=${encodeURIComponent(file.name)}`, {}, { body: file, headers: { Authorization: `Bearer ${token}` } });
        Object.assign(chip, made);
        note("");
      } catch (failure) {
        chips = chips.filter((one) => one !== chip);
        note(failure.message || say("failed"));
      }
      chipped();
    }
    typed();
    if (isDue && chips.every((chip) => chip.id)) { isDue = false; submit(); }
  }
  function chipped() {
    ui.files.hidden = !chips.length;
    ui.files.replaceChildren(...chips.map((chip) => h("span", { class: "chip" }, h("span", {}, chip.id ? chip.name : `${chip.name}…`),
      h("button", { type: "button", "aria-label": say("remove", { name: chip.name }), onclick: () => { chips = chips.filter((one) => one !== chip); chipped(); typed(); ui.text.focus(); } }, icon(ICONS.close)))));
    ui.go.disabled = !ui.text.value.trim() && !chips.length;
  }
  function ask() {
    const types = { name: ["name", "text"], email: ["email", "email"] };
    ui.ask.replaceChildren(...config.asks.map((field) => h("label", {}, say(field),
      h("input", { name: field, type: types[field][1], autocomplete: types[field][0], maxlength: 120, value: visitor[field] || "", "aria-describedby": `f-${field}` }),
      h("span", { class: "fault", id: `f-${field}`, role: "alert" }))), h("button", { class: "big", type: "submit" }, say("begin")));
  }
  function begin(event) {
    event.preventDefault();
    let wrong = null;
    for (const field of config.asks) {
      const input = ui.ask.elements[field], value = input.value.trim();
      const fault = !value ? say("required") : field === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(value) ? say("bad_email") : "";
      ui.ask.querySelector(`#f-${field}`).textContent = fault;
      input.setAttribute("aria-invalid", String(!!fault));
      if (fault) wrong = wrong || input;
      visitor[field] = value;
    }
    if (wrong) return wrong.focus();
    isKnown = true;
    local("known", { name: visitor.name, email: visitor.email });
    draw(true);
    ui.text.focus();
  }

  const commands = {
    init: (options) => { if (!ui && options && options.widgetKey) { key = options.widgetKey; if (options.visitorName || options.visitorEmail) visitor = { name: options.visitorName, email: options.visitorEmail }; start(); } },
    open: show,
    close: shut,
    toggle: () => (isOpen ? shut() : show()),
    sendMessage: (text) => { text = String(text || "").trim().slice(0, config ? config.max_length : 2000); if (text && ui) { isKnown = true; send(text); } },
    setVisitor: (who) => {
      const { id, email, name, hash } = who || {};
      visitor = Object.fromEntries(Object.entries({ user_id: id && String(id), email, name, hash }).filter(([, value]) => value));
      isKnown = isKnown || !!(visitor.email || visitor.name);
      if (ui && token) open().then(() => { hang(); connect(); emit("identified", { email }); }).catch((failure) => emit("error", { code: failure.code, message: failure.message }));
      draw();
    },
    clearHistory: () => { if (token) call("end", { token }).catch(() => {}); outbox = []; forget(); visitor = {}; isKnown = false; local("known", null); local("visitor", null); keep(); draw(); },
    hide: () => ui && (ui.host.hidden = true),
    show: () => ui && (ui.host.hidden = false),
    on: (name, listener) => { (listeners[name] = listeners[name] || new Set()).add(listener); if (name === "ready" && ui) listener(); },
    off: (name, listener) => listeners[name] && listeners[name].delete(listener),
    destroy: () => { hang(); ui && ui.host.remove(); ui = null; channel && channel.close(); isOpen = false; window.magpipe = undefined; },
  };

  function appear() {
    ui = build();
    isKnown = isKnown || !!local("known");
    visitor = { ...local("known"), ...visitor };
    ui.text.value = local("draft") || "";
    typed();
    draw(true);
    if (tab("open") && innerWidth > 480) show();
    if (isPreview) return;
    // Somebody who has written here before hears of answers on every page; others cost the server nothing.
    if (token) connect();
    flush();
    emit("ready");
  }
  async function start() {
    token = local("token") || "";
    // What is kept here has no addresses of files, which are signed for a day: the session is read whole once.
    for (const line of local("lines") || []) lines.set(line.seq, { ...line, isOld: true });
    seenSeq = local("seen") || 0;
    outbox = (local("outbox") || []).map((one) => ({ ...one, error: "" }));
    try {
      config = await call(`widget?key=${encodeURIComponent(key)}&lang=${encodeURIComponent(navigator.language)}`);
    } catch (failure) {
      if (failure.status) return console.warn(`Magpipe chat: ${failure.message || "not available here."}`);
      return setTimeout(start, 5000 + Math.random() * 10000);
    }
    if ("BroadcastChannel" in window) {
      channel = new BroadcastChannel(`magpipe:${key}`);
      channel.onmessage = ({ data }) => {
        if (data.t === "seen" && data.seq > seenSeq) { seenSeq = data.seq; badge(); }
        if (data.t === "token" && data.token !== token) { token = data.token; hang(); connect(); }
      };
    }
    appear();
  }

  const run = (args) => { const act = commands[args[0]]; if (act) return act(...[].slice.call(args, 1)); console.warn(`Magpipe chat has no command ${args[0]}.`); };
  window.magpipe = function () { return run(arguments); };
  window.magpipe.isLoaded = true;
  document.addEventListener("visibilitychange", () => { look(); if (!document.hidden && token && !socket) { fails = 0; connect(); } });
  addEventListener("online", () => { if (token && !socket) { fails = 0; connect(); } flush(); });
  addEventListener("pagehide", () => ui && !isPreview && keep());

  const waiting = (queued && queued.q) || [];
  const early = [...waiting].filter((args) => args[0] !== "init"), late = () => early.forEach(run);
  commands.on("ready", late);
  if (isPreview) {
    addEventListener("message", ({ origin, data }) => {
      if (origin !== location.origin || !data || !data.magpipe) return;
      const wasOpen = ui ? isOpen : true;
      config = data.magpipe;
      key = "preview";
      if (ui) ui.host.remove();
      isOpen = false;
      ui = build();
      draw(true);
      if (wasOpen) show();
    });
    parent.postMessage({ magpipeReady: true }, location.origin);
  } else if (key) {
    document.body ? start() : addEventListener("DOMContentLoaded", start);
  }
  [...waiting].filter((args) => args[0] === "init").forEach(run);
})();
