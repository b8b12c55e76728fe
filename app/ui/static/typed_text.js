/* Text that is typed and not sent yet. Fields other than the notes of a brief, which have a way of their own (page.js):
   Streamlit is told at each pause; a field that an ingest replaces gives its text and the focus to the new one; and the
   server keeps the text, so that it outlasts a reload (`app/service/typed_texts.py`). */
(() => {
  "use strict";
  const PAUSE = 600; // ms without a keystroke
  const AGAIN = 3000; // ms after which what did not arrive is told again
  const AT_THE_END = 60_000; // bytes that a browser sends for a page that is gone
  const PLACE = /st-key-(draft_text|table_questions|gold_question|gold_quote|heading-[0-9a-f]{16}|meta-[a-z]+-[0-9a-f]{32})/;
  const page = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  const untold = new Map(); // place -> its field, whose text the server has not been told
  const uncommitted = new Map(); // place -> its field, whose text Streamlit does not know
  const typedInto = new WeakSet(); // fields, by a person
  let turn = 0;
  let timer = null;
  let focused = null;

  const placeOf = (field) => field.closest?.("[class*=st-key-]")?.className.match(PLACE)?.[1];
  const tell = (leaving = false) => {
    for (const [place, field] of [...untold]) {
      untold.delete(place);
      const body = JSON.stringify({ place, text: field.value, page, turn: ++turn });
      const keepalive = leaving && new Blob([body]).size < AT_THE_END;
      fetch("./page/typed", { method: "POST", body, keepalive }).catch(() => {
        if (!untold.has(place)) untold.set(place, field);
      });
    }
  };
  const commit = () => {
    for (const [place, field] of [...uncommitted]) {
      if (!field.isConnected) continue;
      uncommitted.delete(place);
      const ctrlKey = field.matches("textarea");
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey, bubbles: true, cancelable: true }));
    }
  };
  const afterPause = () => {
    tell();
    commit();
  };
  document.addEventListener("input", (event) => {
    const place = placeOf(event.target);
    if (!place) return;
    if (event.isTrusted) typedInto.add(event.target);
    untold.set(place, event.target);
    uncommitted.set(place, event.target);
    clearTimeout(timer);
    timer = setTimeout(afterPause, PAUSE);
  });
  document.addEventListener("focusin", (event) => { focused = event.target; });
  document.addEventListener("focusout", (event) => {
    tell(); // before what a click sends or saves, not behind it
    if (event.target.isConnected) uncommitted.delete(placeOf(event.target)); // Streamlit takes it at once
  });
  document.addEventListener("pointerdown", () => tell(), true);
  setInterval(tell, AGAIN);
  addEventListener("pagehide", () => tell(true));

  const fill = (field, text) => {
    const kind = field.matches("textarea") ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const carryOn = () => {
    for (const [place, field] of [...uncommitted]) {
      if (field.isConnected) continue;
      const other = document.querySelector(`[class*="st-key-${place}"] :is(input, textarea)`);
      if (!other) continue;
      uncommitted.delete(place);
      const { value, selectionStart, selectionEnd } = field;
      if (focused === field) other.focus();
      fill(other, value);
      if (focused === other) other.setSelectionRange(selectionStart, selectionEnd);
      // A field that has just been made may still take the stored text over what it was given.
      for (const later of [30, 100, 250]) {
        setTimeout(() => { if (other.isConnected && !typedInto.has(other) && other.value !== value) fill(other, value); }, later);
      }
    }
  };
  new MutationObserver(carryOn).observe(document.documentElement, { childList: true, subtree: true });
})();
