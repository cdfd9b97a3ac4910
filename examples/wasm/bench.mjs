// Tokens a second beside npm jose, in Node and in workerd, from the packed package: `node bench.mjs [ROUNDS]`.
//
// Same tokens, same claims looked at, keys ready. The jobs take turns, so that a busy machine is busy for all. jose
// hands the signature to native code and answers with a promise; jose-core answers at once. The time of the processor,
// which Linux counts for all threads together, says what a token costs where others are at work, too.
import { readFileSync, symlinkSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { install, workerd } from "./tests/installed.mjs";

const rounds = Number(process.argv[2] ?? 9);
const demo = JSON.parse(readFileSync(new URL("../../vectors/demo.json", import.meta.url), "utf8"));
const folder = install("tests/jobs.js");
symlinkSync(fileURLToPath(new URL("node_modules/jose", import.meta.url)), join(folder, "node_modules/jose"));

const here = await import(pathToFileURL(join(folder, "jobs.js")));
const worker = await workerd(folder, "jobs.js");
const post = async (body) => (await fetch(worker.address, { method: "POST", body: JSON.stringify(body) })).json();

const jobs = [];
for (const [host, pid, names, run] of [
  ["Node", process.pid, await here.prepare(demo), here.run],
  ["workerd", worker.pid, await post({ demo }), (job, count) => post({ job, count })],
]) {
  for (const name of names) jobs.push({ host, pid, name, run: (count) => run(name, count), times: [], processor: 0 });
}

/** The time of the processor that a process has had, in microseconds: utime and stime, in hundredths of a second. */
function processorTime(pid) {
  const [utime, stime] = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ").slice(11, 13);
  return 10_000 * (Number(utime) + Number(stime));
}

async function microseconds(job, count) {
  const start = performance.now();
  await job.run(count);
  return 1000 * (performance.now() - start);
}

// As many at a time as take 200 ms: a request to the Worker takes less than one.
for (const job of jobs) {
  for (job.count = 16; (await microseconds(job, job.count)) < 200_000; job.count *= 2);
}
for (let round = 0; round < rounds; round++) {
  for (const job of jobs) {
    const before = processorTime(job.pid);
    job.times.push((await microseconds(job, job.count)) / job.count);
    job.processor += (processorTime(job.pid) - before) / job.count / rounds;
  }
}
worker.stop();

const median = ({ times }) => times.sort((a, b) => a - b)[times.length >> 1];
const { version: peer } = JSON.parse(readFileSync(new URL("node_modules/jose/package.json", import.meta.url), "utf8"));
const { version: host } = JSON.parse(readFileSync(new URL("node_modules/workerd/package.json", import.meta.url), "utf8"));
console.log(`${cpus()[0].model}; Node ${process.version}, workerd ${host}, jose ${peer}; medians of ${rounds} rounds\n`);
console.log("| | | tokens/s | jose: tokens/s | times as fast | CPU time, µs | jose: CPU time, µs |\n|---|---|--:|--:|--:|--:|--:|");
for (const own of jobs.filter(({ name }) => name.endsWith(" jose-core"))) {
  const theirs = jobs.find(({ host, name }) => host === own.host && name === own.name.replace("-core", ""));
  const rates = [own, theirs].map((job) => Math.round(1e6 / median(job)).toLocaleString("en"));
  const processor = [own, theirs].map((job) => job.processor.toFixed(1));
  console.log(`| ${[own.host, own.name.split(" ")[0], ...rates, (median(theirs) / median(own)).toFixed(1), ...processor].join(" | ")} |`);
}
