// The auditor's desk. Works the same on the server's pages and in the self-contained file (data-offline on <main>):
// there the leaves lie ready in <template id="leaf-N"> and nothing is written.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const told = one("#told");
  let silence = 0;
  const tell = (text) => {
    told.textContent = text;
    clearTimeout(silence);
    silence = setTimeout(() => { told.textContent = ""; }, 4000);
  };
  const main = one("main");
  const id = main.dataset.document;
  const offline = "offline" in main.dataset;
  const say = one("#words") ? one("#words").dataset : {};
  const token = one("meta[name=write-token]") ? one("meta[name=write-token]").content : "";
  const help = one("#help");
  const spots = one(".spots"); // a sample of records, judged one after another
  const form = one("#form");

  const get = async (address, how) => {
    try {
      const answer = await fetch(address, how);
      if (answer.ok || [403, 409, 422].includes(answer.status)) return answer;
    } catch { /* told below */ }
    tell(say.failed || "");
    return null;
  };

  // ---------------------------------------------------------------- one document

  const leaf = one("#leaf");
  let marks = []; // [page, id, dataset, walks]
  let known = new Map();
  const learn = () => {
    marks = one("#marks") ? JSON.parse(one("#marks").textContent) : [];
    known = new Map(marks.map((mark) => [mark[1], mark]));
  };
  learn();
  const numbers = all(".pages [data-page]").map((link) => Number(link.dataset.page));
  let page = leaf ? Number(one(".view", leaf).dataset.page) : 0;
  let tab = "";
  let chosen = [];
  let zoom = 0; // 0 fits
  let turns = 0;
  let undraw = null; // ends drawing

  const settle = () => {
    const tabs = all("[data-tab]", leaf);
    const filled = (button) => Number(one("b", button).textContent) > 0;
    const same = tabs.find((button) => button.dataset.tab === tab);
    const wanted = same && filled(same) ? same : tabs.find(filled) || same || tabs[0];
    show(wanted.dataset.tab);
    const picture = one(".sheet img", leaf);
    const fail = () => picture.closest(".sheet").classList.add("failed");
    picture?.addEventListener("error", fail);
    if (picture?.complete && !picture.naturalWidth) fail(); // it did before anybody listened
    widen();
  };

  const show = (name) => {
    tab = name;
    leaf.dataset.show = name;
    for (const button of all("[data-tab]", leaf)) {
      const on = button.dataset.tab === name;
      button.setAttribute("aria-selected", on);
      button.tabIndex = on ? 0 : -1;
    }
    for (const list of all(".list", leaf)) list.hidden = list.id !== `list-${name}`;
  };

  const widen = () => {
    const sheet = one(".sheet", leaf);
    if (!sheet) return;
    if (zoom) sheet.style.setProperty("--width", `${zoom}px`);
    else sheet.style.removeProperty("--width");
    const picture = one("img", sheet);
    if (!offline && sheet.clientWidth * devicePixelRatio > 1000 && !picture.src.includes("?x=2")) picture.src = `${picture.src}?x=2`;
  };

  const scale = (factor) => {
    const sheet = one(".sheet", leaf);
    if (!sheet) return;
    zoom = factor ? Math.round(Math.min(4000, Math.max(240, sheet.clientWidth * factor))) : 0;
    widen();
    see();
  };

  const turn = async (number) => {
    if (number === page || !numbers.includes(number)) return true;
    const mine = ++turns;
    if (undraw) undraw();
    let content;
    if (offline) {
      content = one(`#leaf-${number}`).content.cloneNode(true);
    } else {
      const answer = await get(`/d/${id}/p/${number}`);
      if (!answer) return false;
      content = parsed(await answer.text());
    }
    if (mine !== turns) return false; // another page was asked for meanwhile
    leaf.replaceChildren(content);
    page = number;
    chosen = [];
    current();
    settle();
    return true;
  };

  const current = () => {
    for (const link of all(".pages [data-page]")) {
      if (Number(link.dataset.page) === page) {
        link.setAttribute("aria-current", "page");
        link.scrollIntoView({ block: "nearest" });
      } else {
        link.removeAttribute("aria-current");
      }
    }
  };

  const of = (key) => all(`[data-r="${CSS.escape(key)}"]`, leaf);

  const see = () => {
    const frame = chosen.length ? of(chosen[0]).find((each) => each.matches("g")) : null;
    const view = one(".view", leaf);
    if (!frame || !view) return;
    const box = frame.getBoundingClientRect();
    const around = view.getBoundingClientRect();
    if (box.top < around.top + 30 || box.bottom > around.bottom - 30) {
      view.scrollTop += box.top - around.top - around.height / 3;
    }
    if (box.left < around.left || box.right > around.right) view.scrollLeft += box.left - around.left - 40;
  };

  const write = () => history.replaceState(null, "", `#p${page}${chosen.length ? `&r=${chosen.join("+")}` : ""}`);

  const unselect = () => {
    for (const each of all(".on", leaf)) each.classList.remove("on");
    for (const body of all(".card .body", leaf)) body.hidden = true;
    for (const head of all(".card .head", leaf)) head.setAttribute("aria-expanded", "false");
    chosen = [];
    const text = one("pre.text", leaf);
    if (text && one("mark", text)) text.textContent = text.textContent;
  };

  // Highlight records, open the first one's card, bring both into sight.
  const select = (keys, focus = true) => {
    unselect();
    chosen = keys;
    for (const key of keys) for (const each of of(key)) each.classList.add("on");
    const card = keys.length ? of(keys[0]).find((each) => each.matches(".card")) : null;
    if (card) {
      show(card.dataset.dataset);
      one(".body", card).hidden = false;
      one(".head", card).setAttribute("aria-expanded", "true");
      card.scrollIntoView({ block: "nearest" });
      if (focus) one(".head", card).focus({ preventScroll: true });
      quote(card);
    }
    see();
    write();
  };

  // Of a file without pages: the first place in its text where the quote stands.
  const quote = (card) => {
    const text = one("pre.text", leaf);
    if (!text || !card.dataset.quote) return;
    const words = card.dataset.quote.replace(/…$/, "").split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const found = new RegExp(words.join("\\s+")).exec(text.textContent);
    if (!found) return;
    const range = document.createRange();
    const node = text.firstChild;
    range.setStart(node, found.index);
    range.setEnd(node, found.index + found[0].length);
    const mark = document.createElement("mark");
    range.surroundContents(mark);
    mark.scrollIntoView({ block: "center" });
  };

  const go = async (key) => {
    const mark = known.get(key);
    if (mark && (await turn(mark[0]))) select([key]);
  };

  const walk = async (kind, back) => {
    const stops = marks.filter((mark) => mark[3].includes(kind));
    const order = new Map(marks.map((mark, place) => [mark[1], place]));
    // what stands on no page is listed before the first one, on which the document opens: it is not to be passed over
    const from = page === numbers.find((number) => number > 0) ? 0 : page;
    const here = chosen.length && order.has(chosen[0]) ? order.get(chosen[0]) : marks.findIndex((mark) => mark[0] >= from) - 0.5;
    const next = back
      ? stops.findLast((mark) => order.get(mark[1]) < here)
      : stops.find((mark) => order.get(mark[1]) > here);
    if (next) await go(next[1]);
    else tell(say.noMore);
  };

  const step = (by) => {
    const cards = all(".card", one(".list:not([hidden])", leaf));
    if (!cards.length) return;
    const at = cards.findIndex((card) => card.classList.contains("on"));
    const next = cards[Math.min(cards.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : cards.length - 1) : at + by))];
    select([next.dataset.r]);
  };

  const beside = (by) => {
    const next = numbers[numbers.indexOf(page) + by];
    if (next !== undefined) turn(next).then(() => { one(".view", leaf).scrollTop = 0; write(); });
  };

  // #p12&r=<record>
  const follow = async () => {
    const asked = new URLSearchParams(location.hash.slice(1).replace(/^p(\d+)/, "p=$1"));
    const keys = (asked.get("r") || "").split(/[ +]/).filter(Boolean);
    const there = keys.length && known.has(keys[0]) ? known.get(keys[0])[0] : asked.has("p") ? Number(asked.get("p")) : page;
    if (keys.join() === chosen.join() && there === page && keys.length) return;
    if (await turn(there)) {
      if (keys.length) select(keys, false);
      else if (asked.get("q")) await highlight(asked.get("q"));
    }
  };

  // The words that were searched, framed where they are printed; a page that is only a picture has none.
  const highlight = async (query) => {
    const svg = one(".sheet svg", leaf);
    if (!svg || offline) return;
    const answer = await get(`/d/${id}/p/${page}/found?${new URLSearchParams({ q: query })}`);
    const boxes = answer ? await answer.json() : [];
    if (!svg.isConnected) return; // another page was turned to meanwhile
    for (const [x0, y0, x1, y1] of boxes) {
      const frame = document.createElementNS(svg.namespaceURI, "rect");
      for (const [name, value] of [["class", "found"], ["x", x0 - 1], ["y", y0], ["width", x1 - x0 + 2], ["height", y1 - y0]]) frame.setAttribute(name, value);
      svg.append(frame);
    }
    one(".found", svg)?.scrollIntoView({ block: "center" });
  };

  const count = () => {
    for (const each of all("[data-count]")) {
      const left = marks.filter((mark) => mark[3].includes(each.dataset.count)).length;
      each.textContent = left;
      each.closest("button").classList.toggle("done", left === 0);
    }
  };

  // ---------------------------------------------------------------- reviews

  const remembered = () => { try { return localStorage.getItem("reviewer") || ""; } catch { return ""; } };
  const remember = (name) => { try { localStorage.setItem("reviewer", name); } catch { /* a private window */ } };

  const send = async (address, data) => {
    const answer = await get(address, { method: "POST", body: data, headers: { "X-Write-Token": token } });
    return answer ? { stale: answer.status === 409, ...(await answer.json()) } : { error: say.failed };
  };

  // After a write: page list, legend and stops again, and the leaf. Who went on meanwhile stays where they are.
  const renew = async (key, stood) => {
    if (spots) { await renewSpot(key); return; }
    if (!leaf) { location.reload(); return; }
    const shown = page;
    const answers = await Promise.all([get(`/d/${id}/around`), get(`/d/${id}/p/${shown}`)]);
    const [around, content] = await Promise.all(answers.map((answer) => (answer ? answer.text().then(parsed) : null)));
    if (around) {
      for (const name of ["#ledger", "#pages", "#marks"]) one(name).replaceWith(one(name, around));
      learn();
      count();
      current();
    }
    if (!content || page !== shown || undraw) return;
    const places = all(".view, .list", leaf).map((each) => [each.id, each.scrollTop]);
    const focused = document.activeElement === document.body || leaf.contains(document.activeElement);
    const next = chosen.join() === stood ? [key] : chosen;
    leaf.replaceChildren(content);
    settle();
    for (const [name, top] of places) one(`#${name}`, leaf).scrollTop = top;
    if (next.length) select(next, focused && !form.open);
  };

  const parsed = (text) => document.createRange().createContextualFragment(text);

  const open = (content, title) => {
    form.replaceChildren(content);
    let inside = one("form", form);
    if (!inside) {
      inside = document.createElement("form");
      inside.method = "dialog";
      form.prepend(inside);
      inside.append(one(`[data-title="${title}"]`, one("#ask-title").content).cloneNode(true));
    }
    inside.append(one("#ask").content.cloneNode(true));
    one("[name=reviewer]", inside).value = remembered();
    one(".must", inside).hidden = title === "confirm";
    one("h2", inside).id = "form-title";
    form.showModal();
    return inside;
  };

  const close = () => form.close();

  const submit = (inside, address, prepare = () => {}, again = () => {}) => {
    const stood = chosen.join();
    inside.addEventListener("submit", async (event) => {
      event.preventDefault();
      const data = new FormData(inside);
      prepare(data);
      const button = one("[type=submit]", inside);
      button.disabled = true;
      const answer = await send(address(), data);
      button.disabled = false;
      if (answer.stale) await again(inside);
      if (answer.error) { one(".error", inside).textContent = answer.error; return; }
      remember(data.get("reviewer"));
      close();
      tell(answer.message);
      renew(answer.record, stood);
    });
  };

  // The form of a record that somebody else has just reviewed: its new values, but for what was typed here.
  const refresh = (key) => async (inside) => {
    const answer = await get(`/r/${key}/form`);
    if (!answer) return;
    const fresh = parsed(await answer.text());
    const version = one("[name=version]", inside);
    version.value = one("[name=version]", fresh).value;
    for (const field of all(".fields [name]", inside)) {
      const now = one(`[name="${field.name}"]`, fresh);
      const typed = field.value !== (field.dataset.was ?? field.value);
      field.dataset.was = now.value;
      if (!typed) field.value = now.value;
    }
  };

  const act = async (action) => {
    const key = leaf || spots ? chosen[0] : main.dataset.record;
    if (!key) { tell(say.noneChosen || ""); return; }
    if (key.startsWith("issues-")) { tell(say.issuesAreNot); return; }
    const address = () => `/r/${key}/review`;
    const card = leaf || spots ? all(".card").find((each) => each.dataset.r === key) : main;
    const name = remembered();
    if (action === "confirm" && name) {
      const stood = chosen.join();
      const data = new FormData();
      data.set("action", action);
      data.set("reviewer", name);
      data.set("version", card.dataset.version);
      const answer = await send(address(), data);
      tell(answer.error || answer.message);
      if (!answer.error || answer.stale) await renew(key, stood);
      return;
    }
    let content = document.createDocumentFragment();
    if (action === "correct") {
      const answer = await get(`/r/${key}/form`);
      if (!answer) return;
      content = parsed(await answer.text());
    }
    const inside = open(content, action);
    if (action !== "correct") {
      const version = document.createElement("input");
      Object.assign(version, { type: "hidden", name: "version", value: card.dataset.version });
      inside.append(version);
      meant(inside, card);
    }
    for (const field of all(".fields [name]", inside)) field.dataset.was = field.value;
    submit(inside, address, (data) => data.set("action", action), refresh(key));
    const first = one(".fields input, .fields textarea, .fields select", inside) || one(name ? "[name=reason]" : "[name=reviewer]", inside);
    first.focus();
  };

  // Which record a question is about: its head and its quote.
  const meant = (inside, card) => {
    const quoted = document.createElement("blockquote");
    const head = one(".head > b, h1", card);
    quoted.textContent = [head ? head.textContent.trim() : "", one("blockquote", card)?.textContent || ""].filter(Boolean).join(" – ").slice(0, 400);
    one("h2", inside).after(quoted);
  };

  // Confirm, then on to the next record of the same kind that nobody judged; who went on meanwhile stays there.
  const confirmNext = async () => {
    if (spots) { await act("confirm"); return; } // a sample goes on by itself
    const key = chosen[0];
    if (key) await act("confirm");
    if (key && known.get(key)?.[2] === "issues") return;
    if (chosen[0] !== key || (key && known.get(key)?.[3].includes("r"))) return; // gone on, or not confirmed (yet)
    const kind = key ? known.get(key)[2] : tab;
    const start = key ? marks.findIndex((mark) => mark[1] === key) : marks.findIndex((mark) => mark[0] >= page) - 1;
    const next = marks.find((mark, place) => place > start && mark[2] === kind && mark[3].includes("r"));
    if (next) await go(next[1]);
    else tell(say.noMore);
  };

  // ---------------------------------------------------------------- a sample of records

  const turnTo = (card) => {
    for (const each of all(".card.on", spots)) each.classList.remove("on");
    chosen = card ? [card.dataset.r] : [];
    if (!card) return;
    card.classList.add("on");
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };

  const isOpen = (card) => !one(".badge", card) || one(".badge.r-to_review", card);

  // A judged record as it is now, how far one is, and on to the next that nobody judged.
  const renewSpot = async (key) => {
    const answer = await get(location.href);
    if (!answer) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const card = all(".card", spots).find((each) => each.dataset.r === key);
    const now = all(".spots .card", fresh).find((each) => each.dataset.r === key);
    one("#progress").replaceWith(one("#progress", fresh));
    if (now) card.replaceWith(now);
    const cards = all(".card", spots);
    const next = cards.slice(cards.indexOf(now) + 1).find(isOpen) || cards.find(isOpen);
    if (!next) tell(say.noMore);
    turnTo(next || now);
  };

  const stepSpot = (by) => {
    const cards = all(".card", spots);
    const at = cards.findIndex((card) => card.classList.contains("on"));
    turnTo(cards[Math.min(cards.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
  };

  // ---------------------------------------------------------------- a missed record

  // By mouse, or by keys: the frame begins around what is chosen; arrows move it, Shift and arrows size it, Enter takes it.
  const draw = () => {
    const svg = one(".sheet svg", leaf);
    if (!svg) { tell(say.nothingToDraw); return; }
    if (undraw) undraw();
    const sheet = one(".sheet", leaf);
    leaf.classList.add("drawing");
    tell(say.draw);
    const size = svg.viewBox.baseVal;
    const at = (event) => {
      const place = sheet.getBoundingClientRect();
      return [((event.clientX - place.left) / place.width) * size.width, ((event.clientY - place.top) / place.height) * size.height];
    };
    const band = document.createElementNS(svg.namespaceURI, "rect");
    band.setAttribute("class", "band");
    svg.append(band);
    let start = null;
    let drawn = null;
    const show = (frame) => {
      drawn = frame;
      for (const [name, value] of [["x", frame.x0], ["y", frame.y0], ["width", frame.x1 - frame.x0], ["height", frame.y1 - frame.y0]]) band.setAttribute(name, value);
    };
    const frame = (event) => {
      const [x, y] = at(event);
      return { x0: Math.min(start[0], x), y0: Math.min(start[1], y), x1: Math.max(start[0], x), y1: Math.max(start[1], y) };
    };
    const around = () => {
      const group = chosen.length ? of(chosen[0]).find((each) => each.matches("g")) : null;
      if (!group) return { x0: size.width / 4, y0: size.height / 2 - 10, x1: size.width / 2, y1: size.height / 2 + 10 };
      const box = group.getBBox();
      return { x0: box.x - 2, y0: box.y - 2, x1: box.x + box.width + 2, y1: box.y + box.height + 2 };
    };
    const end = () => {
      undraw = null;
      leaf.classList.remove("drawing");
      sheet.removeEventListener("pointerdown", down);
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("keydown", press, true);
    };
    const take = () => {
      end();
      if (!drawn || drawn.x1 - drawn.x0 < 2 || drawn.y1 - drawn.y0 < 2) { band.remove(); return; }
      add(drawn).finally(() => band.remove());
    };
    const down = (event) => { event.preventDefault(); start = at(event); };
    const move = (event) => { if (start) show(frame(event)); };
    const up = (event) => { if (start) { show(frame(event)); take(); } };
    const press = (event) => {
      const arrows = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] };
      const keys = ["Escape", "Enter", ...Object.keys(arrows)];
      if (!keys.includes(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.stopPropagation();
      event.preventDefault();
      if (event.key === "Escape") { undraw(); tell(""); return; }
      if (event.key === "Enter") { take(); return; }
      const [x, y] = arrows[event.key];
      const { x0, y0, x1, y1 } = drawn;
      show(event.shiftKey ? { x0, y0, x1: Math.max(x0 + 4, x1 + x), y1: Math.max(y0 + 4, y1 + y) } : { x0: x0 + x, y0: y0 + y, x1: x1 + x, y1: y1 + y });
      band.scrollIntoView({ block: "nearest" });
    };
    undraw = () => { band.remove(); end(); };
    show(around());
    sheet.addEventListener("pointerdown", down);
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("keydown", press, true);
  };

  const add = async (drawn) => {
    const here = page;
    const inside = open(document.createDocumentFragment(), "add");
    one(".who", inside).before(one("#ask-add").content.cloneNode(true));
    const words = one("[name=quote]", inside);
    words.placeholder = say.reading;
    const found = get(`/d/${id}/p/${here}/words?${new URLSearchParams(drawn)}`).then((answer) => (answer ? answer.json() : { quote: "", boxes: [] }));
    let name = "metrics";
    const fill = async () => {
      for (const button of all("[data-add]", inside)) button.setAttribute("aria-pressed", button.dataset.add === name);
      const answer = await get(`/d/${id}/records/${name}?${new URLSearchParams({ quote: words.value })}`);
      if (!answer) return;
      const content = parsed(await answer.text());
      const fields = one(".fields", inside);
      if (fields) fields.remove();
      one(".what", inside).after(one(".fields", content));
    };
    for (const button of all("[data-add]", inside)) button.addEventListener("click", () => { name = button.dataset.add; fill(); });
    let boxes = [];
    submit(inside, () => `/d/${id}/records/${name}`, (data) => {
      data.set("boxes", JSON.stringify(boxes.length ? boxes : [{ page: here, ...drawn }]));
    });
    const answer = await found;
    boxes = answer.boxes;
    words.readOnly = boxes.length > 0 && !answer.recognised; // what is printed is printed
    if (!words.value) words.value = answer.quote;
    words.placeholder = "";
    words.addEventListener("change", fill);
    await fill();
  };

  // ---------------------------------------------------------------- hands

  const toggleHelp = () => (help.open ? help.close() : help.showModal());
  const does = {
    help: toggleHelp, add: draw, larger: () => scale(1.25), smaller: () => scale(0.8), fit: () => scale(0), cancel: close, confirmNext,
  };

  document.addEventListener("click", (event) => {
    const at = event.target;
    const doer = at.closest("[data-do]");
    if (doer) { does[doer.dataset.do](); return; }
    const actor = at.closest("[data-act]");
    if (actor) {
      const card = actor.closest(".card");
      if (card && chosen[0] !== card.dataset.r) { if (spots) turnTo(card); else select([card.dataset.r]); }
      act(actor.dataset.act);
      return;
    }
    const language = at.closest("[data-language]");
    if (language && location.hash) language.href = language.href + encodeURIComponent(location.hash);
    if (spots && at.closest(".spot") && !at.closest("a, button")) turnTo(at.closest(".spot"));
    if (!leaf || event.ctrlKey || event.metaKey || event.button) return;
    const walker = at.closest("[data-walk]");
    if (walker) { walk(walker.dataset.walk, event.shiftKey); return; }
    const goer = at.closest("[data-goto]");
    if (goer && known.has(goer.dataset.goto)) { event.preventDefault(); go(goer.dataset.goto); return; }
    const link = at.closest(".pages [data-page]");
    if (link) { event.preventDefault(); turn(Number(link.dataset.page)).then(() => { one(".view", leaf).scrollTop = 0; write(); }); return; }
    const button = at.closest("[data-tab]");
    if (button) { unselect(); show(button.dataset.tab); return; }
    const head = at.closest(".card .head");
    if (head) {
      const key = head.closest(".card").dataset.r;
      if (chosen[0] === key) { unselect(); write(); } else select([key]);
      return;
    }
    if (at.closest(".sheet") && !form?.open) pick(event); // the click that ends a drawing chooses nothing
  });

  // Of frames that lie over each other the one of the open tab is meant, else the uppermost.
  const pick = (event) => {
    const frames = document.elementsFromPoint(event.clientX, event.clientY).map((each) => each.closest("g.f")).filter(Boolean);
    const meant = frames.find((frame) => frame.classList.contains(tab)) || frames[0];
    if (meant) select([meant.dataset.r]);
    else { unselect(); write(); }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input, textarea, select");
    if (typing) { if (event.key === "Escape" && !form?.open) typing.blur(); return; }
    if (form?.open || (help.open && event.key !== "?")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const keys = {
      "?": toggleHelp,
      "/": () => one("#find")?.focus(),
      c: offline ? null : () => act("confirm"), e: offline ? null : () => act("correct"), x: offline ? null : () => act("reject"),
    };
    if (leaf) {
      const tabs = all("[data-tab]", leaf);
      Object.assign(keys, {
        n: () => walk("u", event.shiftKey), i: () => walk("i", event.shiftKey), u: () => walk("r", event.shiftKey),
        j: () => step(1), k: () => step(-1), ArrowRight: () => beside(1), ArrowLeft: () => beside(-1),
        "+": does.larger, "=": does.larger, "-": does.smaller, 0: does.fit, a: offline ? null : draw,
        v: offline ? null : confirmNext,
        d: () => { const link = one(".card.on .actions a", leaf); if (link) link.click(); else tell(say.noneChosen); },
        PageDown: () => scroll(0.9), PageUp: () => scroll(-0.9), ArrowDown: () => scroll(0.1), ArrowUp: () => scroll(-0.1),
        Escape: () => { unselect(); write(); },
      });
      for (const [place, button] of tabs.entries()) keys[place + 1] = () => { unselect(); show(button.dataset.tab); write(); };
      if (event.target.matches("[role=tab]") && ["ArrowRight", "ArrowLeft"].includes(event.key)) {
        const next = tabs[(tabs.indexOf(event.target) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
        keys[event.key] = () => { unselect(); show(next.dataset.tab); next.focus(); };
      }
    }
    if (leaf && key === " " && !event.target.closest("button, a, summary")) keys[key] = () => scroll(event.shiftKey ? -0.9 : 0.9);
    if (spots) {
      Object.assign(keys, {
        j: () => stepSpot(1), k: () => stepSpot(-1), v: confirmNext,
        d: () => { const link = one(".card.on .actions a", spots); if (link) link.click(); else tell(say.noneChosen); },
      });
    } else if (!leaf) Object.assign(keys, { j: () => pass(1), k: () => pass(-1) });
    if (keys[key]) { event.preventDefault(); keys[key](); }
  });

  const scroll = (part) => { const view = one(".view", leaf); view.scrollBy({ top: part * view.clientHeight }); };

  // From one row of a list to the next; Enter opens it.
  const pass = (by) => {
    const links = all("table.documents tbody td:first-child a, .hits a, .series h2 a");
    const at = links.indexOf(document.activeElement);
    if (links.length) links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + by))].focus();
  };

  if (spots) turnTo(all(".card", spots).find(isOpen) || one(".card", spots));
  if (leaf) {
    settle();
    count();
    follow();
    addEventListener("hashchange", follow);
  }
})();
