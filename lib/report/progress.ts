/** Progress for people: one line that redraws itself on a terminal, plain lines elsewhere. */

import type { EpochEvent, Phase, StartEvent, StepEvent, TrainEvent } from "../train/events.js";
import { clock, compact, count, duration, figure, percent } from "./format.js";

/** The part of a stream that is used; `process.stderr` fits. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const titles: Record<Phase, string> = {
  teacher: "teacher",
  alone: "student alone",
  distilled: "distilled",
  peer: "second student",
  trained: "training",
};

/**
 * A consumer of events that shows a bar with epoch, samples per second, loss terms and the time
 * left on a terminal, and one line per epoch (and event of note) elsewhere.
 */
export function progressReporter(stream: ProgressStream): (event: TrainEvent) => void {
  const live = stream.isTTY === true;
  let drawn = false;

  const print = (text: string) => {
    if (drawn) stream.write("\r\u001b[2K");
    drawn = false;
    stream.write(`${text}\n`);
  };

  return (event) => {
    switch (event.type) {
      case "start":
        print(startLine(event));
        break;
      case "step":
        if (!live) break;
        stream.write(`\r\u001b[2K${barLine(event, stream.columns ?? 80)}`);
        drawn = true;
        break;
      case "epoch":
        print(epochLine(event));
        break;
      case "teacher": {
        const { chosen, speedup, difference, agreement } = event;
        const gain = speedup === null ? "as before" : `${speedup.toFixed(1)} times as fast`;
        print(
          `  teacher runs ${chosen}, ${gain}: off by ${difference.toExponential(1)} of the largest ` +
            `logit, ${percent(agreement)} the same top class`,
        );
        break;
      }
      case "cache":
        if (event.done === event.total) {
          print(`  teacher cache of ${count(event.total)} in ${event.folder}`);
        } else if (live) {
          stream.write(`\r\u001b[2Kteacher cache ${count(event.done)} of ${count(event.total)}`);
          drawn = true;
        }
        break;
      case "checkpoint":
        if (event.reason === "abort")
          print(`  saved ${event.path} after step ${count(event.step)}`);
        break;
      case "warning":
        print(`  warning: ${event.message}`);
        break;
      case "result": {
        const { errors, samples, accuracy, seconds } = event.section;
        const measured =
          errors === null || accuracy === null
            ? `measured on ${count(samples)} samples`
            : `${count(errors)} errors of ${count(samples)} (${percent(accuracy)})`;
        const trained = seconds === null ? "" : `, trained in ${duration(seconds)}`;
        print(`${titles[event.phase]}: ${measured}${trained}`);
        break;
      }
      case "details":
      case "done":
        break;
    }
  };
}

function startLine(event: StartEvent): string {
  const { plan } = event;
  const size = event.samples === null ? "a stream" : `${count(event.samples)} samples`;
  const length = plan.epochs === null ? `${count(plan.steps ?? 0)} steps` : epochs(plan.epochs);
  const resumed = event.resumed ? `, resumed after step ${count(event.resumed.step)}` : "";
  const { stage: part } = event;
  const stage = part ? `, ${part.name} (${part.index} of ${part.count})` : "";
  return (
    `${titles[event.phase]}${stage}: ${compact(event.parameters)} parameters, ${size}, ${length}, ` +
    `batch ${plan.batchSize}${plan.autocast ? `, in ${plan.autocast}` : ""}` +
    `${plan.channelsLast ? ", channels-last" : ""}${resumed}`
  );
}

function epochs(number: number): string {
  return number === 1 ? "1 epoch" : `${count(number)} epochs`;
}

function termText(terms: Record<string, number>): string {
  const entries = Object.entries(terms);
  // With one term the loss says it all.
  if (entries.length < 2) return "";
  return entries.map(([name, value]) => `  ${name} ${figure(value)}`).join("");
}

function epochLine(event: EpochEvent): string {
  const { metrics } = event;
  const of = event.epochs === null ? "" : `/${event.epochs}`;
  const parts = [
    `  epoch ${event.epoch}${of}  loss ${figure(metrics.loss)}${termText(metrics.terms)}`,
  ];
  if (metrics.accuracy !== null) parts.push(`train ${percent(metrics.accuracy)}`);
  const validation = metrics.validation;
  if (validation) {
    const value =
      validation.accuracy === null
        ? `loss ${figure(validation.loss ?? Number.NaN)}`
        : percent(validation.accuracy);
    parts.push(`validation ${value}${event.best ? " (best)" : ""}`);
  }
  parts.push(`${compact(metrics.samplesPerSecond)} samples/s`, duration(metrics.seconds));
  return parts.join("  ");
}

function barLine(event: StepEvent, columns: number): string {
  const of = event.epochs === null ? "" : `/${event.epochs}`;
  const tail = [
    `epoch ${event.epoch}${of}`,
    event.loss === null ? "" : `loss ${figure(event.loss)}${termText(event.terms)}`,
    `${compact(event.samplesPerSecond)} samples/s`,
    event.eta === null ? "" : `${clock(event.eta)} left`,
  ]
    .filter((part) => part !== "")
    .join("  ");
  if (event.steps === null) return `  step ${count(event.step)}  ${tail}`.slice(0, columns - 1);
  const share = Math.min(1, event.step / event.steps);
  const width = Math.max(8, Math.min(30, columns - tail.length - 10));
  const full = Math.round(share * width);
  const bar = "█".repeat(full) + "░".repeat(width - full);
  return `  ${bar} ${String(Math.round(100 * share)).padStart(3)}%  ${tail}`.slice(0, columns - 1);
}
