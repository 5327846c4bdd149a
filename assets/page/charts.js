// Charts of a run, drawn with uPlot: one figure per quantity, one line per phase.
//
// `potstillCharts(root)` gives { update(curves) }; `curves` is what lib/report/curves.ts collects.

/* global uPlot, potstillFormat */

// biome-ignore lint/correctness/noUnusedVariables: the report and the live page call it
const potstillCharts = (() => {
  const phases = ["teacher", "alone", "distilled", "peer", "trained"];
  const titles = {
    teacher: "teacher",
    alone: "student alone",
    distilled: "distilled",
    peer: "second student",
    trained: "model",
  };
  const dashes = { teacher: [2, 4], alone: [8, 5], distilled: [], peer: [8, 5], trained: [] };
  const height = 220;

  const quantities = [
    {
      key: "loss",
      of: "steps",
      title: "Loss",
      caption: "Objective of each training, mean over samples.",
      log: true,
    },
    {
      key: "validationAccuracy",
      of: "epochs",
      title: "Validation accuracy",
      caption: "On held-out samples, after each epoch.",
      percent: true,
    },
    {
      key: "validationLoss",
      of: "epochs",
      title: "Validation loss",
      caption: "Cross-entropy on held-out samples, in nats.",
      log: true,
    },
    {
      key: "agreement",
      of: "epochs",
      title: "Agreement with the teacher",
      caption: "Share of held-out samples that student and teacher put into the same class.",
      percent: true,
    },
    {
      key: "accuracy",
      of: "steps",
      title: "Training accuracy",
      caption: "On training samples as augmented.",
      percent: true,
    },
    { key: "lr", of: "steps", title: "Learning rate", caption: "At each update." },
    {
      key: "gradNorm",
      of: "epochs",
      title: "Gradient norm",
      caption: "Before clipping.",
      log: true,
    },
    {
      key: "samplesPerSecond",
      of: "steps",
      title: "Samples per second",
      caption: "Of the running epoch.",
      zero: true,
    },
  ];

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function format(value, percent) {
    if (value === null || value === undefined) return "–";
    return percent ? potstillFormat.percent(value) : potstillFormat.figure(value);
  }

  /** Ticks are round numbers. */
  function tickText(tick, percent) {
    if (tick === null) return "";
    return percent
      ? `${Number((100 * tick).toFixed(2))} %`
      : format(tick)
          .replace(/(\.\d*?)0+(e|$)/, "$1$2")
          .replace(/\.(e|$)/, "$1");
  }

  /** What there is to draw: a list of charts with their lines. */
  function chartsOf(curves) {
    const there = phases.filter((phase) => curves[phase]);
    const charts = [];
    for (const quantity of quantities) {
      const lines = there
        .filter((phase) => curves[phase][quantity.of].values[quantity.key])
        .map((phase) => ({
          label: titles[phase],
          color: `--${phase}`,
          dash: dashes[phase],
          step: curves[phase][quantity.of].step,
          values: curves[phase][quantity.of].values[quantity.key],
        }));
      if (lines.length > 0) charts.push({ ...quantity, id: quantity.key, lines });
    }
    const terms = there.flatMap((phase) => termChart(phase, curves[phase].steps));
    // Next to the loss, which is their sum.
    charts.splice(charts[0]?.id === "loss" ? 1 : 0, 0, ...terms);
    return charts;
  }

  /** The terms of an objective, where it has more than one. */
  function termChart(phase, { step, values }) {
    const keys = Object.keys(values).filter((key) => key.startsWith("term:"));
    if (keys.length < 2) return [];
    const lines = keys.map((key, at) => ({
      label: key.slice("term:".length),
      color: `--other-${at % 6}`,
      dash: [[], [8, 5], [2, 4]][Math.floor(at / 6) % 3],
      step,
      values: values[key],
    }));
    return [
      {
        id: `terms-${phase}`,
        title: `Terms of the loss, ${titles[phase]}`,
        caption: "Before they are weighted.",
        log: true,
        lines,
      },
    ];
  }

  /** One figure: head, plot, caption, and what a screen reader is told. */
  class Chart {
    constructor(root, chart) {
      this.chart = chart;
      this.log = false;
      this.figure = document.createElement("figure");
      this.figure.id = `chart-${chart.id}`;
      const head = document.createElement("div");
      head.className = "chart-head";
      const title = document.createElement("h3");
      title.textContent = chart.title;
      head.append(title);
      if (chart.log) head.append(this.logSwitch());
      this.plot = document.createElement("div");
      this.plot.className = "plot";
      this.plot.tabIndex = 0;
      this.plot.setAttribute("role", "img");
      this.plot.addEventListener("keydown", (event) => this.key(event));
      this.plot.addEventListener("blur", () => this.point(null));
      const caption = document.createElement("figcaption");
      caption.textContent = chart.caption;
      this.said = document.createElement("div");
      this.said.className = "hidden";
      this.said.setAttribute("aria-live", "polite");
      this.figure.append(head, this.plot, caption, this.said);
      root.append(this.figure);
      new ResizeObserver(() => this.resize()).observe(this.plot);
    }

    logSwitch() {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.addEventListener("change", () => {
        this.log = box.checked;
        this.uplot?.destroy();
        this.uplot = null;
        this.draw();
      });
      label.append(box, " log scale");
      return label;
    }

    set(chart) {
      const labels = (list) => list.map((line) => line.label).join();
      const same = this.uplot && labels(chart.lines) === labels(this.chart.lines);
      this.chart = chart;
      if (same) this.uplot.setData(this.data());
      else {
        this.uplot?.destroy();
        this.uplot = null;
        this.draw();
      }
      this.plot.dataset.points = String(this.uplot.data[0].length);
      this.plot.setAttribute("aria-label", this.summary());
    }

    data() {
      const tables = this.chart.lines.map((line) => [
        line.step,
        // A logarithm has no place for zero.
        this.log ? line.values.map((value) => (value > 0 ? value : null)) : line.values,
      ]);
      return uPlot.join(tables);
    }

    draw() {
      const { lines, percent, zero } = this.chart;
      const axis = {
        stroke: () => css("--muted"),
        grid: { stroke: () => css("--grid"), width: 1 },
        ticks: { stroke: () => css("--grid") },
      };
      const many = Math.max(...lines.map((line) => line.values.length));
      this.uplot = new uPlot(
        {
          width: Math.max(200, this.plot.clientWidth),
          height,
          cursor: { drag: { x: true, y: false } },
          scales: {
            x: { time: false },
            y: this.log
              ? { distr: 3 }
              : zero
                ? { range: (_, low, high) => [Math.min(0, low), high * 1.05 || 1] }
                : {},
          },
          axes: [
            {
              ...axis,
              values: (_, ticks) => ticks.map((tick) => tick.toLocaleString("en-US")),
              space: 70,
            },
            {
              ...axis,
              size: 72,
              values: (_, ticks) => ticks.map((tick) => tickText(tick, percent)),
            },
          ],
          series: [
            {
              label: "step",
              value: (_, value) => (value === null ? "–" : value.toLocaleString("en-US")),
            },
            ...lines.map((line) => ({
              label: line.label,
              stroke: () => css(line.color),
              width: 2,
              dash: line.dash,
              spanGaps: true,
              points: { show: many < 40, size: 6 },
              value: (_, value) => format(value, percent),
            })),
          ],
        },
        this.data(),
        this.plot,
      );
    }

    summary() {
      const { title, lines, percent } = this.chart;
      const said = lines.map(({ label, step, values }) => {
        const first = values.findIndex((value) => value !== null);
        const last = values.findLastIndex((value) => value !== null);
        if (first < 0) return `${label}: nothing yet`;
        return `${label}: ${format(values[first], percent)} at step ${step[first]}, ${format(values[last], percent)} at step ${step[last]}`;
      });
      return `${title}. ${said.join("; ")}. Arrow keys read single values.`;
    }

    key(event) {
      const steps = this.uplot.data[0];
      const at = this.at ?? -1;
      const page = Math.max(1, Math.round(steps.length / 20));
      const to = {
        ArrowRight: at + 1,
        ArrowLeft: at - 1,
        PageDown: at + page,
        PageUp: at - page,
        Home: 0,
        End: steps.length - 1,
      }[event.key];
      if (event.key === "Escape") this.point(null);
      if (to === undefined || steps.length === 0) return;
      event.preventDefault();
      this.point(Math.min(steps.length - 1, Math.max(0, to)));
    }

    /** Moves the cursor to a reading and says it. */
    point(at) {
      this.at = at;
      if (!this.uplot) return;
      if (at === null) {
        this.uplot.setCursor({ left: -10, top: -10 });
        this.said.textContent = "";
        return;
      }
      const { data } = this.uplot;
      this.uplot.setCursor({ left: this.uplot.valToPos(data[0][at], "x"), top: 10 });
      const values = this.chart.lines.flatMap((line, index) => {
        const value = data[index + 1][at];
        return value === null || value === undefined
          ? []
          : [`${line.label} ${format(value, this.chart.percent)}`];
      });
      this.said.textContent = `step ${data[0][at]}: ${values.join(", ") || "no reading"}`;
    }

    resize() {
      const width = this.plot.clientWidth;
      if (this.uplot && width > 0 && width !== this.uplot.width)
        this.uplot.setSize({ width, height });
    }
  }

  return (root) => {
    const charts = new Map();
    /** Charts that wait for their turn, by id; the latest of each. */
    let waiting = new Map();
    let wanted = [];

    /** One chart in a task of its own, so that the page stays smooth with any number of them. */
    function next() {
      const [entry] = waiting;
      if (!entry) {
        root.dataset.drawn = String(wanted.length);
        return;
      }
      const [id, chart] = entry;
      waiting.delete(id);
      if (!charts.has(id)) charts.set(id, new Chart(root, chart));
      charts.get(id).set(chart);
      place();
      setTimeout(next);
    }

    /** In the order of the list, also where a later phase brought a chart in between. */
    function place() {
      const order = wanted.flatMap(({ id }) => charts.get(id)?.figure ?? []);
      if (order.some((figure, at) => root.children[at] !== figure)) root.append(...order);
    }

    document.addEventListener("themechange", () => {
      for (const chart of charts.values()) chart.uplot?.redraw(false, true);
    });
    return {
      charts,
      update(curves) {
        const idle = waiting.size === 0;
        wanted = chartsOf(curves);
        waiting = new Map(wanted.map((chart) => [chart.id, chart]));
        if (idle) setTimeout(next);
      },
    };
  };
})();
