// Keys for whoever matches many bank lines: 1 to 9 choose, Enter matches, S skips, Z undoes the last match.
// Each only presses what is on the page. They act while the panel has focus, and a button turns them off for good.
(function () {
  "use strict";
  const panel = document.querySelector("[data-match-keys]");
  const help = document.querySelector("[data-match-keys-help]");
  if (!panel || !help) return;

  const OFF = "match-keys-off";
  const WENT_ON = "match-keys-went-on";
  const toggle = help.querySelector("button");
  const radios = Array.from(panel.querySelectorAll("input[type=radio]")).slice(0, 9);
  const numbers = radios.map(function (radio, index) {
    const number = document.createElement("span");
    number.className = "govuk-!-font-weight-bold govuk-!-margin-right-1";
    number.setAttribute("aria-hidden", "true");
    number.textContent = String(index + 1);
    panel.querySelector('label[for="' + radio.id + '"]').prepend(number);
    return number;
  });

  // A browser may refuse to keep anything; then the keys are on and the choice lasts for the page.
  function kept(store, name) {
    try { return window[store].getItem(name) === "1"; } catch { return false; }
  }
  function keep(store, name, on) {
    try {
      if (on) window[store].setItem(name, "1");
      else window[store].removeItem(name);
    } catch { /* lasts for the page */ }
  }

  let on = !kept("localStorage", OFF);
  function draw() {
    help.hidden = false;
    help.querySelector("[data-match-keys-words]").hidden = !on;
    toggle.textContent = on ? "Turn keys off" : "Turn keys on";
    numbers.forEach(function (number) { number.hidden = !on; });
    radios.forEach(function (radio, index) {
      if (on) radio.setAttribute("aria-keyshortcuts", String(index + 1));
      else radio.removeAttribute("aria-keyshortcuts");
    });
  }
  toggle.addEventListener("click", function () {
    on = !on;
    keep("localStorage", OFF, !on);
    draw();
    if (on) panel.focus();
  });

  // The next line's page takes the focus again, but only after a key brought us there.
  function press(target) {
    if (!target) return;
    keep("sessionStorage", WENT_ON, true);
    target.click();
  }

  panel.addEventListener("keydown", function (event) {
    if (!on || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    const onRadio = event.target.type === "radio";
    if (event.target !== panel && !onRadio && !event.target.matches("a, button")) return;
    const key = event.key.toLowerCase();
    const chosen = /^[1-9]$/.test(key) ? radios[Number(key) - 1] : null;
    if (chosen) {
      chosen.checked = true;
      chosen.focus();
    } else if (key === "s") press(panel.querySelector("[data-match-skip]"));
    else if (key === "z") press(document.querySelector("[data-match-undo] button"));
    else if (key === "enter" && (onRadio || event.target === panel)) press(panel.querySelector("form button"));
    else return;
    event.preventDefault();
  });

  draw();
  if (kept("sessionStorage", WENT_ON)) {
    keep("sessionStorage", WENT_ON, false);
    if (on && !document.querySelector(".govuk-error-summary")) panel.focus();
  }
})();
