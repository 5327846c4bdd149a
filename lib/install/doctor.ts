import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { addonPath } from "../native/loader.js";
import { compareMinor, packageVersion } from "../native/versions.js";
import { type AddonFacts, probeAddon } from "./probe.js";
import {
  type FoundLibtorch,
  type LibtorchSearch,
  libtorchScript,
  prerequisitesScript,
} from "./scripts.js";

export interface DoctorCheck {
  name: string;
  /** "warning": potstill works, but something is worth knowing. */
  status: "ok" | "warning" | "failed";
  message: string;
  /** What to do about it. */
  fix?: string;
}

/** What `potstill doctor` found; `ok` is false where something is broken (exit code 1). */
export interface DoctorReport {
  ok: boolean;
  potstill: string;
  node: string;
  platform: string;
  checks: DoctorCheck[];
  /** The libtorch that a build would use now, and every place that was looked at. */
  libtorch: FoundLibtorch | null;
  considered: LibtorchSearch["considered"];
  /** What the addon says of itself; null where it is missing or does not load. */
  addon: (AddonFacts & { path: string }) | null;
  cpu: { model: string; cores: number };
}

const setup = "run `npx potstill setup`";

/**
 * Looks at everything that potstill stands on, without changing or fetching anything. The addon is
 * loaded in a child process, so that a crash while loading is a finding and not the end.
 */
export async function runDoctor(): Promise<DoctorReport> {
  const path = addonPath();
  const [addon, search] = await Promise.all([checkAddon(path), searchLibtorch()]);
  const works = addon.facts !== null && addon.check.status !== "failed";
  const checks = [
    await checkPlatform(),
    checkNode(),
    checkLibtorch(search, works),
    addon.check,
    ...(await checkTools(works)),
  ];
  const processors = cpus();
  const cpu = { model: processors[0]?.model.trim() ?? "unknown", cores: processors.length };
  if (addon.facts !== null) checks.push(...describeMachine(addon.facts, cpu));
  return {
    ok: checks.every(({ status }) => status !== "failed"),
    potstill: packageVersion,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    checks,
    libtorch: search.found,
    considered: search.considered,
    addon: addon.facts === null ? null : { ...addon.facts, path },
    cpu,
  };
}

async function checkPlatform(): Promise<DoctorCheck> {
  const { platformProblem, glibcVersion } = await libtorchScript();
  const problem = platformProblem();
  const name = "platform";
  if (problem !== null) return { name, status: "failed", message: problem };
  const message = `${process.platform} ${process.arch}, glibc ${glibcVersion()}`;
  return { name, status: "ok", message };
}

function checkNode(): DoctorCheck {
  const api = process.versions.napi;
  const message = `${process.version}, Node-API ${api}`;
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 20) return { name: "node", status: "ok", message };
  return { name: "node", status: "failed", message, fix: "install Node.js 20 or newer" };
}

type Search = LibtorchSearch & { problem: string | null };

async function searchLibtorch(): Promise<Search> {
  const { findLibtorch } = await libtorchScript();
  try {
    return { ...(await findLibtorch()), problem: null };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { found: null, considered: [], python: null, problem };
  }
}

function checkLibtorch(search: Search, addonWorks: boolean): DoctorCheck {
  const name = "libtorch";
  if (search.found !== null) {
    const { version, dir, reason, cuda } = search.found;
    const kind = cuda ? "with CUDA" : "CPU only";
    return { name, status: "ok", message: `${version} (${kind}) in ${dir}, from ${reason}` };
  }
  const looked = search.considered.map(({ place, outcome }) => `${place}: ${outcome}`).join("; ");
  return {
    name,
    // The addon carries the path of the one it was built with.
    status: addonWorks && search.problem === null ? "warning" : "failed",
    message: search.problem ?? `not found (${looked})`,
    fix: search.problem === null ? `${setup}, which fetches it` : "set or unset POTSTILL_LIBTORCH",
  };
}

async function checkAddon(path: string): Promise<{ check: DoctorCheck; facts: AddonFacts | null }> {
  const failed = (message: string, facts: AddonFacts | null = null) => ({
    check: { name: "addon", status: "failed" as const, message, fix: setup },
    facts,
  });
  if (!existsSync(path)) return failed(`not built: ${path} is missing`);
  const { facts, problem } = await probeAddon(path);
  if (facts === null) return failed(`${path} does not load: ${problem}`);
  if (facts.addon !== packageVersion) {
    return failed(`${path} is of version ${facts.addon}, the package of ${packageVersion}`, facts);
  }
  if (compareMinor(facts.libtorch, facts.builtWith) !== 0) {
    return failed(`built with libtorch ${facts.builtWith}, but it meets ${facts.libtorch}`, facts);
  }
  const message = `${facts.addon} in ${path}, built with libtorch ${facts.builtWith}`;
  return { check: { name: "addon", status: "ok", message }, facts };
}

async function checkTools(addonWorks: boolean): Promise<DoctorCheck[]> {
  const { buildTools } = await prerequisitesScript();
  const tools = Object.entries(await buildTools());
  return tools.map(([name, { version, problem }]): DoctorCheck => {
    if (problem === null) return { name, status: "ok", message: version ?? "" };
    return {
      name,
      status: addonWorks ? "warning" : "failed",
      message: addonWorks ? "missing; only wanted for the next build" : `needed: ${problem}`,
      fix: `install ${problem}`,
    };
  });
}

function describeMachine(facts: AddonFacts, { model, cores }: DoctorReport["cpu"]): DoctorCheck[] {
  const cuda = !facts.cudaBuilt
    ? "not built in: computing on the CPU"
    : facts.cudaAvailable
      ? `${facts.cudaDevices} device(s)`
      : "built in, but no device can be used";
  return [
    {
      name: "cpu",
      status: "ok",
      message:
        `${model}, ${cores} processors; libtorch uses ${facts.cpuCapability}, ` +
        `potstill's own kernels ${facts.kernels}`,
    },
    { name: "threads", status: "ok", message: `${facts.threads} per operator` },
    {
      name: "cuda",
      status: facts.cudaBuilt && !facts.cudaAvailable ? "warning" : "ok",
      message: cuda,
    },
  ];
}

const marks = { ok: "ok     ", warning: "warning", failed: "FAILED " } as const;

/** The report as lines of text for people, ending with a newline. */
export function formatDoctor(report: DoctorReport): string {
  const lines = [`potstill ${report.potstill}`];
  for (const { name, status, message, fix } of report.checks) {
    lines.push(`  ${marks[status]}  ${name.padEnd(9)}  ${message}`);
    if (fix !== undefined && status !== "ok") lines.push(`${" ".repeat(22)}-> ${fix}`);
  }
  const places = report.considered.map(({ place, dir, outcome }, index) => {
    const where = dir === null ? place : `${place} (${dir})`;
    return `    ${index + 1}. ${where}: ${outcome}`;
  });
  if (places.length > 0) lines.push("  where libtorch was looked for, in order:", ...places);
  lines.push(report.ok ? "everything is in place" : "something is broken; see above");
  return `${lines.join("\n")}\n`;
}
