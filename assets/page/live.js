// The live page: takes what the run's server tells, and asks it to stop.

/* global potstillCharts, potstillFormat */

(() => {
  const token = new URLSearchParams(location.search).get("token") ?? "";
  const titles = {
    teacher: "teacher",
    alone: "student alone",
    distilled: "distilled student",
    peer: "second student",
    trained: "model",
  };
  const states = {
    running: "Running",
    stopping: "Stopping",
    done: "Done",
    stopped: "Stopped",
    failed: "Failed",
  };
  const over = ["done", "stopped", "failed"];

  /** What the server told so far, put together. */
  const known = { status: null, lines: 0, curves: {} };
  const element = (id) => document.getElementById(id);
  let charts = null;
  let stale = false;

  /** Rows from `from` on replace what is there; a column that is not among them has no readings. */
  function append(columns, { from, step, values }) {
    columns.step.length = from;
    columns.step.push(...step);
    for (const key of new Set([...Object.keys(columns.values), ...Object.keys(values)])) {
      const column = columns.values[key] ?? [];
      columns.values[key] = column;
      column.length = Math.min(column.length, from);
      while (column.length < from) column.push(null);
      column.push(...(values[key] ?? step.map(() => null)));
    }
  }

  function takeCurves(changes) {
    for (const [phase, change] of Object.entries(changes)) {
      known.curves[phase] ??= {
        steps: { step: [], values: {} },
        epochs: { step: [], values: {} },
      };
      for (const kind of ["steps", "epochs"]) append(known.curves[phase][kind], change[kind]);
      if (change.steps.step.length + change.epochs.step.length > 0) stale = true;
    }
  }

  function draw() {
    if (!stale || document.hidden) return;
    stale = false;
    const shown = Object.entries(known.curves).map(([phase, { steps, epochs }]) => [
      phase,
      // Short runs pass without a reading between epochs.
      { steps: steps.step.length > 1 ? steps : epochs, epochs },
    ]);
    const curves = Object.fromEntries(shown.filter(([, { steps }]) => steps.step.length > 0));
    element("no-curves").hidden = Object.keys(curves).length > 0;
    charts.update(curves);
  }

  function takeLog({ first, from, lines }) {
    const list = element("log");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    for (const { time, text } of lines) {
      const item = document.createElement("li");
      const clock = document.createElement("time");
      clock.dateTime = time;
      clock.textContent = new Date(time).toLocaleTimeString();
      item.append(clock, ` ${text}`);
      list.append(item);
    }
    known.lines = from + lines.length;
    while (list.children.length > known.lines - first) list.firstChild.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  const { clock, count, figure } = potstillFormat;
  const shown = (value, text) => (value === null ? "–" : text(value));
  const part = (at, of) =>
    at === null || of === null ? shown(at, count) : `${count(at)} of ${count(of)}`;

  /** Read out by screen readers: turns of the run, not every figure. */
  function say(text) {
    if (element("said").textContent !== text) element("said").textContent = text;
  }

  function takeStatus(status) {
    known.status = status;
    const { state, message, phase, stage, step, steps, epoch, epochs } = status;
    const training = phase === null ? "–" : titles[phase];
    const stageText = stage ? `, ${stage.name} (${stage.index} of ${stage.count})` : "";
    const line = message === null ? states[state] : `${states[state]}: ${message}`;
    element("state").textContent = line;
    say(state === "running" && phase !== null ? `Running: ${training}${stageText}` : line);
    element("figure-phase").textContent = `${training}${stageText}`;
    element("figure-epoch").textContent = part(epoch, epochs);
    element("figure-step").textContent = part(step, steps);
    element("figure-loss").textContent = shown(status.loss, figure);
    element("figure-lr").textContent = shown(status.lr, figure);
    element("figure-speed").textContent = shown(status.samplesPerSecond, count);
    element("figure-eta").textContent = over.includes(state) ? "–" : shown(status.eta, clock);
    const bar = element("progress");
    const share = state === "done" ? 1 : step !== null && steps ? Math.min(1, step / steps) : null;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    element("share").textContent = share === null ? "" : `${Math.round(100 * share)} %`;
    element("stop").disabled = state !== "running";
    const name = element("name").textContent;
    const head =
      state === "running" ? (share === null ? "…" : `${Math.round(100 * share)} %`) : states[state];
    document.title = `${head} – ${name}`;
  }

  function take(update) {
    if (update.fresh) {
      known.lines = 0;
      known.curves = {};
      element("log").replaceChildren();
    }
    takeLog(update.log);
    takeCurves(update.curves);
    takeStatus(update.status);
    draw();
  }

  function lost(text) {
    element("state").textContent = text;
    element("stop").disabled = true;
    say(text);
  }

  function connect() {
    const source = new EventSource(`events?token=${encodeURIComponent(token)}`);
    source.addEventListener("message", ({ data }) => {
      take(JSON.parse(data));
      if (over.includes(known.status.state)) source.close();
    });
    source.addEventListener("error", () => {
      lost(
        source.readyState === EventSource.CLOSED
          ? "The run's server does not answer this page; open the address that the command printed."
          : "The connection to the run is lost; trying again …",
      );
    });
  }

  async function stop() {
    element("stop").disabled = true;
    const answer = await fetch("stop", {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    }).catch(() => null);
    if (answer?.ok) return;
    lost("The run's server did not take the request to stop; Ctrl-C in its terminal does.");
    element("stop").disabled = false;
  }

  document.addEventListener("DOMContentLoaded", () => {
    charts = potstillCharts(element("charts"));
    const ask = element("ask");
    element("stop").addEventListener("click", () => ask.showModal());
    ask.addEventListener("close", () => {
      if (ask.returnValue === "yes") stop();
      ask.returnValue = "";
    });
    document.addEventListener("visibilitychange", draw);
    connect();
  });
})();
