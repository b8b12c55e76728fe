/* What Streamlit's page lacks: keys that lead to the results, notes that are never lost, a divider that can be moved.
   Nothing here is needed to read; every key has a button. */
(() => {
  "use strict";
  const SAVE_AFTER = 600; // ms without a keystroke
  const AGAIN = 3000; // ms after which a note that is not saved is sent again
  const APPEARS = 3000; // ms within which a field that replaces another has its text
  const PATIENCE = 8000; // ms that an export waits for the notes before it
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const editable = (node) => node && node.matches && node.matches("input, textarea, select, [contenteditable=true]");
  const running = () => one("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning";
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  // A field's text changed as if it had been typed: Streamlit looks for the event.
  const fill = (field, text) => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* Notes. The server tells the fingerprint of what it has; a note that differs is not saved yet. */
  const print = (text) => {
    let value = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
    return `${text.length}-${value.toString(16)}`;
  };
  const agreed = new WeakMap(); // field -> the text that server and page last agreed on
  const noteOf = (mark) => mark.closest("[class*=st-key-item-]")?.querySelector("textarea");
  const saved = (mark) => noteOf(mark) && print(noteOf(mark).value) === mark.dataset.print;
  const committed = new WeakMap(); // field -> the text that the server was told last
  const commit = (field) => {
    committed.set(field, field.value);
    field.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", ctrlKey: field.matches("textarea"), bubbles: true, cancelable: true }),
    );
  };
  const places = new Map(); // note -> its brief and passage
  const typed = new WeakSet(); // notes that a person typed into since they were saved last
  const byHand = new WeakSet(); // notes that a person typed into, not this script
  const unsaved = () => all("p.kept").filter((mark) => typed.has(noteOf(mark)) && !saved(mark));
  const post = (note, { brief, passage } = places.get(note)) => {
    const base = agreed.get(note) ?? "", told = committed.get(note);
    const body = JSON.stringify({ brief, passage, base, told, text: note.value });
    committed.set(note, note.value);
    return fetch("./page/note", { method: "POST", body, keepalive: true }).then(() => true, () => false);
  };
  const send = async (note) => {
    const place = places.get(note);
    typed.delete(note);
    while (!(await post(note, place))) await pause(AGAIN); // its field is gone: nothing else would send it again
  };
  /* What was told to a server that stopped is told again, until one says that it has it. */
  const told = new WeakMap(); // note -> when it was typed into or sent last
  const sendAgain = () => {
    for (const note of unsaved().map(noteOf)) {
      if (running() || Date.now() - told.get(note) < AGAIN || !places.has(note)) continue;
      told.set(note, Date.now());
      post(note);
    }
  };
  setInterval(sendAgain, AGAIN / 3);
  /* Another window's change puts a new field in the place of the one that is typed into: typing goes on in it. */
  let focused = null; // the field that had the focus last, also when it was taken off the page
  const placeOf = (node) => {
    const mark = node.closest?.("[class*=st-key-item-]")?.querySelector("p.kept");
    const { brief, passage } = mark?.dataset ?? {};
    if (mark && node.matches("textarea")) places.set(node, { brief, passage });
    return mark;
  };
  document.addEventListener("focusin", (event) => { focused = event.target; placeOf(focused); });
  const together = (note, here) => {
    const caret = note.selectionEnd;
    if (!typed.has(note)) return { text: here, caret: Math.min(caret, here.length) };
    return noteMerge.merged(agreed.get(note) ?? "", here, note.value, committed.get(note), caret);
  };
  let waiting = null; // a note that was typed into and whose new field is not there yet
  const newField = (note) => {
    const { brief, passage } = places.get(note);
    const mark = all("p.kept").find((mark) => mark.dataset.brief === brief && mark.dataset.passage === passage);
    return mark && noteOf(mark) !== note && saved(mark) ? noteOf(mark) : null;
  };
  /* A field that has just been made may still take the stored text over what it was given. */
  const hold = async (field, text) => {
    const stored = field.value;
    fill(field, text);
    for (const end = Date.now() + APPEARS; Date.now() < end && !byHand.has(field); await pause(20)) {
      if (field.value === stored && stored !== text) fill(field, text);
    }
  };
  const carryOn = async (note) => {
    if (focused === note) waiting = note;
    let field = null;
    for (const end = Date.now() + APPEARS; !(field = newField(note)) && Date.now() < end; ) await pause(20);
    if (waiting === note) waiting = null;
    if (field) {
      const { text, caret } = together(note, field.value);
      if (focused === note) field.focus();
      if (text !== field.value) hold(field, text);
      if (focused === field) field.setSelectionRange(caret, caret);
    } else if (typed.has(note)) send(note);
    places.delete(note);
  };
  addEventListener("keydown", (event) => {
    if (!waiting || document.activeElement !== document.body || event.ctrlKey || event.metaKey || event.altKey) return;
    const text = event.key === "Enter" ? "\n" : event.key;
    if (text.length !== 1) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.setRangeText(text, waiting.selectionStart, waiting.selectionEnd, "end");
    typed.add(waiting);
  }, true);
  const leaving = new WeakSet();
  const tell = () => {
    for (const note of places.keys()) {
      if (note.isConnected || leaving.has(note)) continue;
      leaving.add(note); // taken off the page
      carryOn(note);
    }
    for (const mark of all("p.kept")) {
      const note = noteOf(mark);
      if (!note) continue;
      const done = !typed.has(note) || saved(mark);
      if (saved(mark)) { agreed.set(note, note.value); typed.delete(note); }
      const text = done ? (note.value ? mark.dataset.saved : "\u00a0") : mark.dataset.saving;
      if (mark.textContent !== text) mark.textContent = text;
      mark.classList.toggle("unsaved", !done);
    }
  };
  const typing = new WeakMap(); // field -> the timer that will save it
  const saveSoon = (field) => {
    clearTimeout(typing.get(field));
    typing.set(field, setTimeout(() => commit(field), SAVE_AFTER));
  };
  document.addEventListener("input", (event) => {
    if (!placeOf(event.target)) return;
    typed.add(event.target);
    if (event.isTrusted) byHand.add(event.target);
    told.set(event.target, Date.now());
    tell();
    saveSoon(event.target);
  });
  const replaced = () => [...places.keys()].filter((note) => !note.isConnected && typed.has(note));
  addEventListener("pagehide", () => [...unsaved().map(noteOf), ...replaced()].forEach(send));
  /* A file holds what is seen: an export waits until every note before it is saved. */
  let passing = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".st-key-exports button");
    if (!button || passing || !unsaved().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const box = button.closest("[class*=st-key-export-]").className.match(/st-key-export-\w+/)[0];
    for (const mark of unsaved()) commit(noteOf(mark));
    for (const end = Date.now() + PATIENCE; Date.now() < end && (unsaved().length || running()); ) await pause(60);
    passing = true;
    one(`.${box} button`)?.click();
    passing = false;
  }, true);

  /* One click copies what a card shows, with its source. */
  const copied = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy"); // where the page has no TLS
    field.remove();
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button.copy");
    if (!button) return;
    const card = button.closest("article.card");
    // Lines stay: an item of a list is one, and headings above the words are left out.
    const lines = one("blockquote", card).innerText.split("\n").map((line) => line.replace(/\s+/g, " ").trim());
    const quote = lines.filter(Boolean).slice(Number(button.dataset.headings ?? 0)).join("\n");
    await copied(`“${quote}” ${button.dataset.source ?? ""}`);
    const label = button.textContent;
    if (label === button.dataset.done) return;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });

  /* Words of a page's own text that are selected go into the field below it, to become a passage. */
  let choosing = null;
  document.addEventListener("selectionchange", () => {
    const selected = getSelection();
    const text = selected.toString().trim();
    const place = selected.anchorNode?.parentElement?.closest("[class*=st-key-page_words] .page-text");
    if (!text || !place || !place.contains(selected.focusNode)) return;
    clearTimeout(choosing);
    choosing = setTimeout(() => {
      const field = one("textarea", place.closest("[class*=st-key-page_words]"));
      if (field && field.value !== text) fill(field, text);
    }, 150);
  });

  /* Keys. Enter leads to the results, "/" back to the box, Escape never empties it. */
  const box = () => one(".st-key-ask input");
  const toResults = () => {
    const target = one(".st-key-results article.card") ?? one(".st-key-result_bar") ?? one(".stMain .state");
    if (!target) return;
    target.tabIndex = -1;
    target.focus({ preventScroll: target.matches("article.card") });
  };
  const afterSearch = async () => {
    await pause(150);
    for (const end = Date.now() + 120000; Date.now() < end && (running() || one("[data-testid=stSkeleton]")); ) await pause(80);
    if (document.activeElement === document.body) toResults();
  };
  document.addEventListener("keydown", (event) => {
    const inBox = event.target === box();
    if (inBox && event.key === "Escape") {
      event.preventDefault(); // a search field would empty itself
      event.stopImmediatePropagation();
      event.target.blur();
      toResults();
    } else if (inBox && event.key === "Enter" && !event.isComposing) {
      const field = event.target;
      setTimeout(() => { field.blur(); afterSearch(); }, 0);
    } else if (event.key === "/" && !editable(event.target) && !one("[role=dialog]") && box()) {
      event.preventDefault();
      box().focus();
      box().select();
    }
  }, true);

  /* Room. Filters fold away while a page is open beside the results; the divider between the two can be moved. */
  const WIDE = 1700; // px at which filters, results and page stand side by side
  const NARROWEST = 320; // px of a column
  let folded = false;
  let divider = null;
  const setPane = (width) => {
    const most = innerWidth - NARROWEST - 40;
    document.documentElement.style.setProperty("--pane-width", `${Math.min(Math.max(width, NARROWEST), most)}px`);
    placeDivider();
  };
  const placeDivider = () => {
    const pane = one(".st-key-pane");
    if (!divider || !pane) return;
    divider.setAttribute("aria-valuenow", Math.round((100 * pane.offsetWidth) / innerWidth)); // % of the window
    divider.style.left = `${pane.getBoundingClientRect().left - divider.offsetWidth}px`;
  };
  const addDivider = () => {
    divider = Object.assign(document.createElement("div"), { className: "divider", tabIndex: 0 });
    divider.setAttribute("role", "separator");
    divider.setAttribute("aria-orientation", "vertical");
    divider.setAttribute("aria-label", one(".st-key-pane .pane-head h3")?.textContent || "↔");
    divider.addEventListener("pointerdown", (event) => divider.setPointerCapture(event.pointerId));
    divider.addEventListener("pointermove", (event) => {
      if (divider.hasPointerCapture(event.pointerId)) setPane(innerWidth - event.clientX - 20);
    });
    divider.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: 40, ArrowRight: -40 }[event.key];
      if (step) setPane(one(".st-key-pane").offsetWidth + step);
    });
    document.body.append(divider);
    placeDivider();
  };
  const fold = () => {
    const open = !!one(".st-key-pane");
    if (open && !divider && innerWidth >= 1100) addDivider();
    if (!open && divider) { divider.remove(); divider = null; }
    const bar = one("[data-testid=stSidebar]") && !one("[data-testid=stExpandSidebarButton]");
    if (open && !folded && bar && innerWidth >= 700 && innerWidth < WIDE) {
      folded = true;
      one("[data-testid=stSidebarCollapseButton] button")?.click();
    } else if (!open && folded) {
      folded = false;
      one("[data-testid=stExpandSidebarButton]")?.click();
    }
  };
  addEventListener("resize", placeDivider);

  /* On a phone the drawer closes after a choice. */
  document.addEventListener("click", (event) => {
    if (innerWidth >= 700 || !event.target.closest?.("[data-testid=stSidebar] [data-testid=stSidebarNavLink]")) return;
    setTimeout(() => one("[data-testid=stSidebarCollapseButton] button")?.click(), 200);
  });

  /* Streamlit calls the button of a file field "Upload", and its input "file upload", in every language. */
  const nameFiles = () => {
    for (const words of all(".file-words")) {
      const field = `.st-key-${words.dataset.field} [data-testid=stFileUploaderDropzone]`;
      for (const button of all(`${field} button`)) {
        if (button.getAttribute("aria-label") !== words.dataset.choose) button.setAttribute("aria-label", words.dataset.choose);
      }
      // What the button opens has a name of its own, in English, and no place in the order of tabs.
      for (const input of all(`${field} input[type=file]`)) {
        if (input.ariaHidden !== "true") input.ariaHidden = "true";
      }
    }
  };

  addEventListener("load", tell);
  new MutationObserver(() => { tell(); fold(); nameFiles(); }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-print"] });
})();
