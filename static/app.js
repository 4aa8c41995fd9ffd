// Everything pages do by themselves, by delegation: fragments that arrive later need no wiring. No eval, no inline handlers.
"use strict";
(() => {
  const root = document.documentElement;
  const on = (name, act, capture = false) => document.addEventListener(name, act, capture);
  const near = (event, selector) => event.target.closest?.(selector);

  // Theme: the head sets it before the first paint, here it is chosen.
  const markTheme = () => document.querySelectorAll("[data-theme-switch] input").forEach((i) => { i.checked = i.value === (root.dataset.theme || ""); });
  on("change", (event) => {
    if (!near(event, "[data-theme-switch]")) return;
    const theme = event.target.value;
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    try { if (theme) localStorage.setItem("theme", theme); else localStorage.removeItem("theme"); } catch { /* private window: this page only */ }
    markTheme();
  });

  // Strips that scroll sideways begin where the reader is.
  document.querySelectorAll(":is(.side, .tabs, .chips) [aria-current]").forEach((link) => {
    const strip = link.closest(".side, .tabs, .chips"), at = link.getBoundingClientRect(), room = strip.getBoundingClientRect();
    strip.scrollLeft += at.left - room.left - (room.width - at.width) / 2;
  });

  // Toasts
  const leave = (toast) => { toast.classList.add("is-leaving"); setTimeout(() => toast.remove(), 300); };
  const fade = (toast) => setTimeout(() => (toast.matches(":hover, :focus-within") ? fade(toast) : leave(toast)), 8000);
  const tell = (text) => {
    const shelf = document.getElementById("toasts");
    const toast = shelf.appendChild(document.createElement("div"));
    toast.className = "toast toast-cancelled";
    toast.appendChild(document.createElement("p")).textContent = text;
    const close = toast.appendChild(document.createElement("button"));
    Object.assign(close, { type: "button", className: "toast-close", textContent: "×", ariaLabel: shelf.dataset.close });
    close.dataset.close = ".toast";
  };

  // Clicks
  on("click", async (event) => {
    const closer = near(event, "[data-close]");
    if (closer) closer.closest(closer.dataset.close)?.remove();
    if (near(event, "[data-print]")) window.print();
    const copier = near(event, "[data-copy]");
    if (copier) {
      await navigator.clipboard.writeText(copier.dataset.copy);
      const said = copier.querySelector(".copy-said");
      said.textContent = copier.dataset.done;
      setTimeout(() => { said.textContent = ""; }, 2000);
    }
    document.querySelectorAll("[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // A form is sent once. The pressed button shows that it is on its way and keeps its name and value.
  const settle = (form) => {
    delete form.dataset.busy;
    form.querySelectorAll(".is-pressed").forEach((button) => button.classList.remove("is-pressed"));
  };
  on("submit", (event) => {
    const form = event.target;
    if (form.dataset.busy) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (form.method !== "post") return;
    form.dataset.busy = "1";
    event.submitter?.classList.add("is-pressed");
    if (!form.hasAttribute("hx-post")) root.classList.add("is-busy");
  }, true);
  window.addEventListener("pageshow", () => { root.classList.remove("is-busy"); document.querySelectorAll("[data-busy]").forEach(settle); });

  // htmx: a thin line while waiting, a toast when nothing arrived.
  let waiting = 0;
  on("htmx:beforeRequest", () => { waiting += 1; root.classList.add("is-busy"); });
  on("htmx:afterRequest", (event) => {
    waiting = Math.max(0, waiting - 1);
    if (!waiting) root.classList.remove("is-busy");
    if (event.detail.elt.matches?.("form")) settle(event.detail.elt);  // a field's answer does not end the form's own way
  });
  const lost = () => tell(document.getElementById("toasts").dataset.failed);
  on("htmx:responseError", lost);
  on("htmx:sendError", lost);

  // What is pressed stays under the finger: who types points and presses «Pay» changes the sum by leaving the field, and
  // the answer would put another button there, or move it, before it is let go. It is asked for again then.
  let pressed = false;
  const again = new Set();
  const release = () => setTimeout(() => {
    pressed = false;
    again.forEach((field) => { if (!field.closest("[data-busy]")) window.htmx.trigger(field, "change"); });
    again.clear();
  });
  on("pointerdown", (event) => { pressed = Boolean(near(event, "button, a")); });
  on("pointerup", release);
  on("pointercancel", release);
  on("htmx:beforeSwap", (event) => {
    const field = event.detail.requestConfig.elt;
    if (!pressed || !field.matches("[hx-trigger=change]")) return;
    event.detail.shouldSwap = false;
    again.add(field);
  });

  // Points: the number and the slider are one value.
  const reckon = (box, from) => {
    const number = box.querySelector("[type=number]"), slide = box.querySelector("[type=range]");
    const points = Math.min(Math.max(0, Math.floor(from?.value ?? number.value) || 0), Number(slide.max));
    if (from === slide) number.value = points; else slide.value = points;
    box.querySelector("output").textContent = new Intl.NumberFormat(root.lang, { style: "currency", currency: box.dataset.currency }).format(box.dataset.total - points).replace("-", "\u2212");
  };
  on("input", (event) => { const box = near(event, "[data-points]"); if (box) reckon(box, event.target); });
  on("change", (event) => {
    if (event.target.matches?.("[data-points] [type=range]")) event.target.closest("[data-points]").querySelector("[type=number]").dispatchEvent(new Event("change", { bubbles: true }));
  });

  // Slots: one stop for the Tab key, arrows walk the grid.
  const shown = (slot) => slot.offsetParent !== null;
  let aim = {}; // where a walk from day to day began, as an editor keeps its column: the way back leads back
  const minute = (slot) => slot.dataset.at.split(":").reduce((hours, minutes) => hours * 60 + +minutes, 0);
  on("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll("[data-menu][open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    const slot = near(event, ".slot");
    const move = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0], Home: [0, -99], End: [0, 99] }[event.key];
    if (!slot || !move) return;
    const days = [...slot.closest(".days").querySelectorAll(".day")].map((day) => [...day.querySelectorAll(".slot")].filter(shown)).filter((day) => day.length);
    let x = days.findIndex((day) => day.includes(slot)), next;
    if (days.length === 1 || move[1]) { // a phone shows one day: left and right walk within it
      const day = days[x], at = day.indexOf(slot) + (move[1] || move[0]);
      next = day[Math.max(0, Math.min(day.length - 1, at))];
    } else {
      x += move[0];
      if (!days[x]) return;
      const from = aim.slot === slot ? aim.from : minute(slot), apart = (other) => Math.abs(minute(other) - from);
      next = days[x].reduce((best, other) => (apart(other) < apart(best) ? other : best));
      aim = { slot: next, from };
    }
    event.preventDefault();
    rove(next);
    next.focus();
  });
  // A month: arrows go from one day that can be opened to the next, up and down by weeks.
  on("keydown", (event) => {
    const day = near(event, "a.month-day"), step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (!day || !step) return;
    event.preventDefault();
    const cells = [...day.closest(".month-days").children];
    for (let at = cells.indexOf(day.parentElement) + step; cells[at]; at += step) {
      const next = cells[at].querySelector("a.month-day");
      if (next) { next.focus(); return; }
    }
  });
  const rove = (chosen) => chosen.closest("[data-slots]").querySelectorAll(".slot").forEach((slot) => { slot.tabIndex = slot === chosen ? 0 : -1; });
  const firstStop = (grid) => {
    const all = [...grid.querySelectorAll(".slot")].filter(shown);
    const first = all.find((slot) => slot.name) || all[0];
    if (first) rove(first);
  };
  on("change", (event) => { const grid = near(event, "[data-slots]"); if (grid && event.target.name === "slot-day") firstStop(grid); });

  // Holds: the server's clock decides; the page counts down from the time left when it was made.
  const aloud = [300, 120, 60, 30];
  const start = (clock) => {
    if (clock.classList.contains("is-running")) return;
    clock.classList.add("is-running");
    const ends = performance.now() + (Date.parse(clock.dataset.expires) - Date.parse(clock.dataset.now));
    const face = clock.querySelector(".countdown-clock"), ring = clock.querySelector(".ring-left"), say = clock.querySelector("[data-say]");
    const tick = () => {
      if (!clock.isConnected) return;
      const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
      face.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      ring.style.strokeDashoffset = 100 - Math.min(100, (100 * left) / clock.dataset.seconds);
      clock.classList.toggle("is-short", left <= 60);
      if (aloud.includes(left)) say.textContent = clock.dataset.said.replace("{time}", face.textContent);
      if (left) { setTimeout(tick, 1000 - ((performance.now() - ends) % 1000 + 1000) % 1000 || 1000); return; }
      clock.classList.add("is-over");
      face.textContent = say.textContent = clock.dataset.over;
      clock.dispatchEvent(new Event("expired", { bubbles: true }));
    };
    tick();
  };

  const wake = (part) => {
    part.querySelectorAll(".countdown").forEach(start);
    part.querySelectorAll("[data-slots]").forEach(firstStop);
    part.querySelectorAll("[data-points]").forEach((box) => reckon(box));
    part.querySelectorAll("[data-fades]").forEach((toast) => { toast.removeAttribute("data-fades"); fade(toast); });
    markTheme();
  };
  on("htmx:load", (event) => wake(event.detail.elt.parentElement || event.detail.elt));
  // Phones scroll the back office's navigation sideways: begin where we are.
  const here = document.querySelector(".side [aria-current]");
  if (here) here.closest(".side").scrollLeft = here.offsetLeft - 40;
  wake(document);
})();
