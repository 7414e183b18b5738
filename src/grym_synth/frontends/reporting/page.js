"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const about = JSON.parse(byId("about").textContent);
  const player = byId("player"), lanes = byId("lanes"), scroll = byId("scroll"), head = byId("head");
  const toggle = byId("toggle"), clock = byId("clock"), now = byId("now");

  // The sound becomes an address of its own: players seek in those, and not in every long data address.
  const packed = byId("sound").textContent.trim();
  if (packed) {
    const raw = atob(packed), bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    player.src = URL.createObjectURL(new Blob([bytes], { type: about.mime }));
    byId("sound").textContent = "";
  }

  const length = about.duration || 1;
  let stopAt = null, wanted = null;

  // Each group of boxes or rows of which one is lit, in order of time.
  const groups = [...document.querySelectorAll(".lane, table.follow tbody")]
    .map((group) => [...group.querySelectorAll("[data-s]")].map((element) =>
      ({ element, start: +element.dataset.s, end: +element.dataset.e })))
    .filter((items) => items.length)
    .map((items) => ({ items, lit: null }));

  const at = (items, time) => {
    let low = 0, high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (items[middle].start <= time) low = middle + 1; else high = middle;
    }
    const item = items[low - 1];
    return item && time < item.end ? item : null;
  };

  const words = (time) => {
    const minutes = Math.floor(time / 60);
    return `${minutes}:${(time - 60 * minutes).toFixed(1).padStart(4, "0")}`;
  };

  const show = () => {
    const time = wanted ?? player.currentTime;
    clock.textContent = words(time);
    head.style.left = `${100 * Math.min(time / length, 1)}%`;
    for (const group of groups) {
      const item = at(group.items, time);
      if (item === group.lit) continue;
      group.lit?.element.classList.remove("on");
      item?.element.classList.add("on");
      group.lit = item;
    }
    now.textContent = [...document.querySelectorAll(".lane .on")].map((box) => box.textContent).join(" · ");
    const x = (time / length) * lanes.clientWidth;
    if (!player.paused && (x < scroll.scrollLeft || x > scroll.scrollLeft + 0.9 * scroll.clientWidth))
      scroll.scrollLeft = x - 0.1 * scroll.clientWidth;
  };

  const follow = () => {
    if (stopAt !== null && player.currentTime >= stopAt) { stopAt = null; player.pause(); }
    show();
    if (!player.paused) requestAnimationFrame(follow);
  };

  const seek = (time) => {
    stopAt = null;
    wanted = Math.max(0, Math.min(time, length));
    if (player.readyState > 0) { player.currentTime = wanted; wanted = null; }
    show();
  };

  const play = () => { player.play()?.catch(() => { now.textContent = "this browser cannot play it"; }); };

  player.addEventListener("loadedmetadata", () => { if (wanted !== null) seek(wanted); });
  player.addEventListener("play", () => { toggle.textContent = "❚❚"; requestAnimationFrame(follow); });
  player.addEventListener("pause", () => { toggle.textContent = "▶"; show(); });
  player.addEventListener("seeked", show);
  player.addEventListener("error", () => { now.textContent = "the recording could not be opened"; });
  toggle.addEventListener("click", () => { stopAt = null; if (player.paused) play(); else player.pause(); });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-at]");
    if (!button) return;
    seek(+button.dataset.at);
    if (button.dataset.end) stopAt = +button.dataset.end;
    play();
  });

  for (const square of document.querySelectorAll("[data-map]")) square.addEventListener("click", (event) => {
    const place = square.getBoundingClientRect();
    seek(((event.clientX - place.left) / place.width) * length);
  });

  let dragging = false;
  const point = (event) => seek(((event.clientX - lanes.getBoundingClientRect().left) / lanes.clientWidth) * length);
  lanes.addEventListener("pointerdown", (event) => { if (event.button === 0) { dragging = true; point(event); } });
  addEventListener("pointermove", (event) => { if (dragging) point(event); });
  addEventListener("pointerup", () => { dragging = false; });

  // Words that do not fit into their box are not shown in part.
  const boxes = [...document.querySelectorAll(".box")];
  const fit = (width = lanes.clientWidth) => {
    const tight = boxes.map((box) => box.firstChild.offsetWidth > (box.clientWidth / lanes.clientWidth) * width);
    boxes.forEach((box, i) => box.classList.toggle("tight", tight[i]));
  };
  addEventListener("resize", () => fit());

  byId("zoom").addEventListener("input", (event) => {
    const middle = (wanted ?? player.currentTime) / length;
    lanes.style.setProperty("--zoom", event.target.value);
    scroll.scrollLeft = middle * lanes.clientWidth - scroll.clientWidth / 2;
    fit();
  });

  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const sections = about.sections;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const onButton = event.target.closest("button, summary");
    const time = wanted ?? player.currentTime, step = event.shiftKey ? 1 : 5;
    if (event.key === " " && !onButton) toggle.click();
    else if (event.key === "ArrowLeft") seek(time - step);
    else if (event.key === "ArrowRight") seek(time + step);
    else if (event.key === "Home") seek(0);
    else if (event.key === "End") seek(length);
    else if (event.key === "ArrowDown" && sections.length) seek(sections.find((start) => start > time + 0.05) ?? time);
    else if (event.key === "ArrowUp" && sections.length) seek(sections.findLast((start) => start < time - 0.5) ?? 0);
    else return;
    event.preventDefault();
  });

  addEventListener("afterprint", () => fit());
  addEventListener("beforeprint", () => {
    fit(560); // what a sheet of paper leaves the lanes
    for (const details of document.querySelectorAll("details")) if (details.querySelector("table")) details.open = true;
  });
  fit();
  show();
})();
