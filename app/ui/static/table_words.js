/* The buttons and menus of a table have English words only in Streamlit: these are the page's own (`app/ui/table_words.py`).
   Texts are changed in place, node by node, so that React goes on with them. */
(() => {
  "use strict";
  const PLACES =
    "[data-testid=stTooltipContent], [data-testid^=stDataFrameColumn], [data-testid^=stDataFrameTooltip], .gdg-search-status";
  let known = null; // the element that holds the words, and its words
  const words = () => {
    const element = document.querySelector(".table-words");
    if (element !== known?.element) known = { element, words: element ? JSON.parse(element.dataset.words) : {} };
    return known.words;
  };
  const translate = (root, told) => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const word = told[texts.currentNode.nodeValue];
      if (word) texts.currentNode.nodeValue = word;
    }
  };
  const name = () => {
    const told = words();
    if (!Object.keys(told).length) return;
    for (const root of document.querySelectorAll(PLACES)) translate(root, told);
    for (const button of document.querySelectorAll("[data-testid=stElementToolbarButton] button[aria-label]")) {
      const [label, ...rest] = button.getAttribute("aria-label").split(": ");
      if (told[label]) button.setAttribute("aria-label", [told[label], ...rest].join(": "));
    }
  };
  new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });
})();
