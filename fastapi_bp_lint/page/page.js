"use strict";
(() => {
  const form = document.getElementById("filter");
  const status = document.getElementById("shown");
  const items = [...document.querySelectorAll("[data-item]")].map((element) => ({
    element,
    kind: element.dataset.item,
    area: element.dataset.area,
    rule: element.dataset.rule || "",
    severity: element.dataset.severity || "",
    fix: "fix" in element.dataset,
    text: null,
  }));
  const groups = [...document.querySelectorAll("[data-group]")].map((element) => ({
    element,
    count: element.querySelector(":scope > summary .count"),
    items: [...element.querySelectorAll("[data-item]")],
  }));
  const names = ["text", "area", "rule", "severity", "fix"];
  const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  const wanted = () => ({
    words: form.text.value.toLowerCase().split(/\s+/).filter(Boolean),
    area: form.area.value,
    rule: form.rule.value,
    severity: form.severity.value,
    fix: form.fix.checked,
  });

  const matches = (item, want) => {
    if (want.area && item.area !== want.area) return false;
    if (item.kind === "finding") {
      if (!item.rule.startsWith(want.rule)) return false;
      if (want.severity && item.severity !== want.severity) return false;
      if (want.fix && !item.fix) return false;
    }
    if (!want.words.length) return true;
    item.text ??= item.element.textContent.toLowerCase();
    return want.words.every((word) => item.text.includes(word));
  };

  const apply = () => {
    const want = wanted();
    const shown = { article: 0, tr: 0, stall: 0 };
    for (const item of items) {
      const here = matches(item, want);
      if (item.element.hidden === here) item.element.hidden = !here;
      const stall = item.element.classList.contains("stall");
      if (here) shown[stall ? "stall" : item.element.localName] += 1;
    }
    for (const group of groups) {
      const left = group.items.filter((element) => !element.hidden).length;
      group.element.hidden = left === 0;
      group.count.textContent = left;
    }
    const parts = [counted(shown.article, "finding"), counted(shown.stall, "stall"), counted(shown.tr, "route")];
    status.textContent = `${parts.join(", ")} shown`;
    remember();
  };

  const remember = () => {
    const kept = new URLSearchParams();
    for (const name of names) {
      const control = form[name];
      const value = control.type === "checkbox" ? (control.checked ? "1" : "") : control.value;
      if (value) kept.set(name, value);
    }
    const hash = kept.size ? `#${kept}` : location.hash.includes("=") ? "#" : location.hash;
    if (hash !== location.hash) history.replaceState(null, "", hash || "#");
  };

  const recall = () => {
    if (!location.hash.includes("=")) return;
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const name of names) {
      if (form[name].type === "checkbox") form[name].checked = kept.has(name);
      else form[name].value = kept.get(name) ?? "";
      if (form[name].selectedIndex === -1) form[name].value = "";
    }
  };

  const reveal = () => {
    const target = location.hash && !location.hash.includes("=")
      && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) { form.reset(); apply(); }
    for (let around = target.closest("details"); around; around = around.parentElement.closest("details")) {
      around.open = true;
    }
    target.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ["input", "change"]) form.addEventListener(kind, apply);
  form.addEventListener("reset", () => setTimeout(apply));
  document.querySelector(".matrix")?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    form.area.value = button.dataset.area;
    form.rule.value = button.dataset.rule;
    apply();
    document.getElementById("findings").scrollIntoView();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      form.text.focus();
    }
  });
  addEventListener("hashchange", () => {
    if (location.hash.includes("=")) { recall(); apply(); } else reveal();
  });

  const graph = document.querySelector(".graph");
  const light = (node) => {
    const edges = [...graph.querySelectorAll("path")];
    const on = new Set([node?.dataset.node]);
    for (const edge of edges) {
      const tied = node && (edge.dataset.from === node.dataset.node || edge.dataset.to === node.dataset.node);
      edge.classList.toggle("on", Boolean(tied));
      if (tied) on.add(edge.dataset.from).add(edge.dataset.to);
    }
    for (const other of graph.querySelectorAll(".node")) other.classList.toggle("on", on.has(other.dataset.node));
    graph.classList.toggle("busy", Boolean(node));
  };
  for (const kind of ["mouseover", "focusin"]) {
    graph?.addEventListener(kind, (event) => light(event.target.closest(".node")));
  }
  for (const kind of ["mouseleave", "focusout"]) graph?.addEventListener(kind, () => light(null));

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("[data-group]:not([open]), .stall details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of opened) one.open = false; });

  recall();
  apply();
  reveal();
})();
