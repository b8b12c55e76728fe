/* A note that two windows changed at once, as one note: `app/service/note_merge.py`, word for word, which says how.
   It also tells where the caret goes. */
const noteMerge = (() => {
  "use strict";
  const MOST_CELLS = 1_000_000;

  /* A word, the white space before it, and where it ends in its text; the last piece has no word. */
  const pieces = (text) => {
    const found = [...text.matchAll(/([ \t\r\n]*)([^ \t\r\n]+)/g)].map(([all, space, word], at) => ({ space, word, at }));
    let end = 0;
    for (const piece of found) piece.end = end += piece.space.length + piece.word.length;
    return [...found, { space: text.slice(end), word: "", at: found.length, end: text.length }];
  };
  const words = (some) => some.map((piece) => piece.word).filter(Boolean);
  const same = (one, other) => one.length === other.length && one.every((word, at) => word === other[at]);
  const within = (some, others) => {
    const rest = words(others).values();
    return words(some).every((word) => {
      for (let next = rest.next(); !next.done; next = rest.next()) if (next.value === word) return true;
      return false;
    });
  };
  const inARow = (some, others) =>
    Array.from({ length: others.length + 1 }, (_, at) => others.slice(at, at + some.length)).some((part) => same(some, part));

  const longest = (one, other, height, width) => {
    const lengths = Array.from({ length: height + 1 }, () => new Int32Array(width + 1));
    for (let at = height - 1; at >= 0; at--) {
      for (let there = width - 1; there >= 0; there--) {
        lengths[at][there] = one[at] === other[there]
          ? lengths[at + 1][there + 1] + 1
          : Math.max(lengths[at + 1][there], lengths[at][there + 1]);
      }
    }
    const found = [];
    for (let at = 0, there = 0; at < height && there < width; ) {
      if (one[at] === other[there]) found.push([at++, there++]);
      else if (lengths[at + 1][there] >= lengths[at][there + 1]) at++;
      else there++;
    }
    return found;
  };
  const matches = (one, other) => {
    const most = Math.min(one.length, other.length) - 1;
    const alike = (here, there) => one[here].word === other[there].word;
    let start = 0, end = 1;
    while (start < most && alike(start, start)) start++;
    while (end <= most - start && alike(one.length - 1 - end, other.length - 1 - end)) end++;
    const found = new Map();
    for (let at = 0; at < start; at++) found.set(at, at);
    for (let back = 1; back <= end; back++) found.set(one.length - back, other.length - back);
    const height = one.length - end - start, width = other.length - end - start;
    if (height * width <= MOST_CELLS) {
      const texts = [one, other].map((text) => text.slice(start).map((piece) => piece.word));
      for (const [at, there] of longest(...texts, height, width)) found.set(start + at, start + there);
    }
    return found;
  };

  const between = (base, current, mine) => {
    const [was, one, other] = [base, current, mine].map(words);
    if (same(one, was) || (!same(other, was) && inARow(one, other))) return mine;
    if (same(other, was) || inARow(other, one)) return current;
    return [...current, { ...mine[0], space: mine[0].space || "\n\n" }, ...mine.slice(1)];
  };
  const mergedPieces = (base, current, mine) => {
    const left = matches(base, current), right = matches(base, mine);
    const found = [];
    let before = [-1, -1, -1];
    for (let at = 0; at < base.length; at++) {
      if (!left.has(at) || !right.has(at)) continue;
      const here = [at, left.get(at), right.get(at)];
      found.push(...between(...[base, current, mine].map((text, n) => text.slice(before[n] + 1, here[n]))));
      const [old, one, other] = [base[here[0]], current[here[1]], mine[here[2]]];
      found.push({ ...other, space: one.space === old.space ? other.space : one.space });
      before = here;
    }
    return found;
  };
  /* Their text, and where in it the caret stands that stood in `mine`: behind the same word, as far from its end. */
  const joined = (some, mine, caret) => {
    let text = "", placed = 0;
    const holder = mine.find((piece) => caret <= piece.end);
    for (const { space, word, at } of some) {
      text += (text && word ? space || " " : space) + word;
      if (at < holder.at) placed = text.length;
      if (at === holder.at) placed = Math.max(placed, text.length - (holder.end - caret));
    }
    return { text, caret: placed };
  };

  const merged = (base, current, mine, told, caret = mine.length) => {
    const kept = { text: mine, caret }, theirs = { text: current, caret: Math.min(caret, current.length) };
    if (current === base || current === told) return kept;
    if (mine === base || mine === current) return theirs;
    const stored = pieces(current), typed = pieces(mine);
    const old = pieces(told !== undefined && within(pieces(told), stored) ? told : base);
    if (within(typed, stored) && !within(typed, old)) return theirs;
    if (within(stored, typed) && !within(stored, old)) return kept;
    const foreign = stored.map((piece) => ({ ...piece, at: NaN })); // no caret stands there
    return joined(mergedPieces(old, foreign, typed), typed, caret);
  };
  return { merged };
})();
