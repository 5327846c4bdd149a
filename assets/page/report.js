// The report: draws its curves, and the soft targets at the temperature that is chosen.

/* global potstillCharts */

(() => {
  const data = (id) => {
    const element = document.getElementById(id);
    return element ? JSON.parse(element.textContent) : null;
  };

  function softmax(logits, temperature) {
    const largest = Math.max(...logits);
    const powers = logits.map((value) => Math.exp((value - largest) / temperature));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((value) => value / sum);
  }

  function soften(samples, temperature) {
    const shares = samples.map((models) =>
      Object.fromEntries(
        Object.entries(models).map(([phase, logits]) => [phase, softmax(logits, temperature)]),
      ),
    );
    for (const bar of document.querySelectorAll("[data-sample]")) {
      const share = shares[bar.dataset.sample][bar.dataset.phase][bar.dataset.class];
      bar.style.setProperty("--share", share.toFixed(4));
      bar.nextElementSibling.textContent = `${(100 * share).toFixed(1)} %`;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const root = document.getElementById("charts");
    const curves = data("curve-data");
    if (root && curves) potstillCharts(root).update(curves);

    const samples = data("soft-target-data") ?? [];
    const input = document.getElementById("temperature");
    input?.addEventListener("input", () => {
      const temperature = Number(input.value);
      document.getElementById("temperature-value").textContent = temperature.toString();
      soften(samples, temperature);
    });
  });
})();
