// Runs cases one after the other, and counts them. No case is a failure.
let passed = 0;
const failures = [];

/** Runs a case: it fails if `run` throws, or its promise is rejected. */
export async function check(name, run) {
  try {
    await run();
    passed++;
  } catch (error) {
    failures.push(name);
    console.error(`FAILED ${name}\n  ${String(error?.message ?? error).replaceAll("\n", "\n  ")}`);
  }
}

/** Prints what became of the cases, of which there must be `least`, and sets the exit status. */
export function finish(least) {
  const ran = passed + failures.length;
  if (ran < least) {
    console.error(`FAILED ${ran} cases ran, and there should be ${least}`);
    failures.push("too few cases");
  }
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
