/**
 * The package's own scripts, which find libtorch and build the addon. They are plain JavaScript
 * beside lib/ and dist/, because npm runs them before anything is compiled.
 */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../native/versions.js";

export interface FoundLibtorch {
  dir: string;
  /** `major.minor.patch`, from its headers. */
  version: string;
  /** Whether it was built with CUDA. */
  cuda: boolean;
  source: "environment" | "project" | "python" | "fetched";
  /** Why this one: the place, in words. */
  reason: string;
}

export interface LibtorchSearch {
  found: FoundLibtorch | null;
  /** Every place that was looked at, in order, and what came of it. */
  considered: { place: string; dir: string | null; outcome: string }[];
  python: { command: string; version: string; torch: string | null; pip: boolean } | null;
}

export interface BuildTool {
  version: string | null;
  /** What is needed instead, or null. */
  problem: string | null;
}

interface LibtorchScript {
  findLibtorch(options?: { env?: NodeJS.ProcessEnv; root?: string }): Promise<LibtorchSearch>;
  platformProblem(): string | null;
  glibcVersion(): string | null;
}
interface PrerequisitesScript {
  buildTools(
    env?: NodeJS.ProcessEnv,
  ): Promise<Record<"compiler" | "cmake" | "generator", BuildTool>>;
}
interface BuildScript {
  buildNative(options?: { force?: boolean }): Promise<boolean>;
}
interface ToolsScript {
  InstallError: new (message: string) => Error;
  capture(
    command: string,
    args: string[],
    options?: { env?: NodeJS.ProcessEnv },
  ): Promise<{
    code: number | null;
    signal: NodeJS.Signals | null;
    stdout: string;
    stderr: string;
  }>;
}

async function script<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(packageRoot, "scripts", `${name}.mjs`)).href)) as T;
}

export const libtorchScript = (): Promise<LibtorchScript> => script("libtorch");
export const prerequisitesScript = (): Promise<PrerequisitesScript> => script("prerequisites");
export const buildScript = (): Promise<BuildScript> => script("build");
export const toolsScript = (): Promise<ToolsScript> => script("tools");
