// The page "why is my token refused". What comes from a token or a set reaches the document as text alone.
import init, { diagnose } from "../dist/jose_core.js";
// Assembled into one script, which also has these.
import { EXAMPLES, MODULE } from "assembled";

const byId = (id) => document.getElementById(id);
const algorithms = () => [...document.querySelectorAll("[name=algorithm]")];

/** An element with a class and children: elements, and strings, which become text. */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** What the form asks for. */
function options() {
  const issuer = byId("issuer").value.trim();
  const audience = byId("audience").value.trim();
  const typ = byId("typ").value.trim();
  return {
    algorithms: algorithms().filter((box) => box.checked).map((box) => box.value),
    issuer: issuer || null,
    audience: audience || null,
    leeway: Number(byId("leeway").value),
    requireKid: byId("require-kid").checked,
    ...(typ && { typ }),
  };
}

function explain() {
  const token = byId("token").value;
  const time = byId("time").value.trim();
  const now = time ? Number(time) : Date.now() / 1000;
  if (!token.trim()) return show("Nothing pasted yet", "");
  const jwks = byId("jwks").value.trim();
  let diagnosis;
  try {
    diagnosis = diagnose(jwks || '{"keys":[]}', options(), token, now);
  } catch (refusal) {
    return show(`Cannot be said: ${refusal.message}`, "bad");
  }
  // Without keys, what can be said of the rest.
  if (!jwks) diagnosis.problems = diagnosis.problems.filter(({ stage }) => stage !== "keys");
  const first = diagnosis.problems.find((problem) => problem.message);
  const refused = first ? `Refused: ${first.message}` : "The JWK Set is missing: nobody can say whether the signature holds";
  show(
    diagnosis.accepted ? "Accepted" : refused,
    diagnosis.accepted ? "good" : first ? "bad" : "",
    stages(diagnosis),
    ...problems(diagnosis),
    ...decoded(token, diagnosis),
    ...claims(diagnosis),
    ...keys(diagnosis),
  );
}

function show(verdict, className, ...report) {
  // Announced only when it changes.
  if (byId("verdict").textContent !== verdict) byId("verdict").textContent = verdict;
  byId("verdict").className = className;
  byId("report").replaceChildren(...report);
}

const OUTCOMES = { holds: ["✓", "ok", "good"], fails: ["✗", "wrong", "bad"], "not reached": ["–", "not reached", "soft"] };

function stages({ stages }) {
  const items = stages.map(({ stage, outcome }) => {
    const [mark, word, className] = OUTCOMES[outcome];
    return element("li", className, `${mark} ${stage} ${word}`);
  });
  return element("ul", "stages", ...items);
}

function problems({ accepted, problems }) {
  if (problems.length === 0) return [];
  const items = problems.map(({ cause, advice, message }) => {
    const advised = advice.charAt(0).toUpperCase() + advice.slice(1) + ".";
    const item = element("li", "", element("strong", "advice", advised));
    item.dataset.cause = cause;
    if (message) item.append(message, " ");
    item.append(element("span", "hint", cause));
    return item;
  });
  return [element("h3", "", accepted ? "Worth knowing" : "What to change"), element("ol", "", ...items)];
}

/** Header and payload, as the token writes them. */
function decoded(token, { signatureHolds }) {
  const bare = token.trim().replace(/^(authorization:\s*)?bearer\s+/i, "").replace(/^["'`]+|["'`]+$/g, "");
  const trust = signatureHolds ? "signed" : "not verified: anyone may have written this";
  return ["Header", "Payload"].flatMap((name, part) => {
    const text = json(bare.split(".")[part] ?? "");
    if (!text) return [];
    const shown = element("pre", "", text);
    shown.id = name.toLowerCase();
    return [element("h3", "", `${name} `, element("span", signatureHolds ? "hint" : "hint bad", trust)), shown];
  });
}

/** The JSON that a part encodes, on several lines; other text as it is. */
function json(part) {
  let text;
  try {
    const octets = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    text = new TextDecoder().decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
  } catch {
    return "";
  }
  try {
    text = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: shown as it is.
  }
  // What would not be seen, or would move what follows, is written as an escape.
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (hidden) =>
    hidden === "\n" ? hidden : [...hidden].map((c) => `\\u{${c.codePointAt(0).toString(16)}}`).join(""),
  );
}

function claims({ claims, signatureHolds }) {
  const rows = claims
    .filter(({ found, message }) => found !== undefined || message)
    .map(({ name, found, secondsFromNow, message }) => {
      const value = element("td", "", found === undefined ? "absent" : String(found));
      if (secondsFromNow !== undefined) value.append(element("div", "soft", when(found, secondsFromNow)));
      const verdict = message ? `✗ ${message}` : signatureHolds ? "✓ as expected" : "✓ would be accepted";
      const head = element("th", "", name);
      head.scope = "row";
      return element("tr", "", head, value, element("td", message ? "prose bad" : "prose good", verdict));
    });
  if (rows.length === 0) return [];
  const columns = ["Claim", "Token", "Verdict"].map((name) => element("th", "", name));
  const body = element("tbody", "", ...rows);
  body.id = "claims";
  return [
    element("h3", "", "Claims that are looked at"),
    element("table", "", element("thead", "", element("tr", "", ...columns)), body),
  ];
}

function when(time, fromNow) {
  const date = new Date(time * 1000);
  const stamp = Number.isNaN(date.getTime()) ? "no date" : date.toISOString().replace("T", " ").replace(".000Z", " UTC");
  const distance = Math.abs(fromNow);
  const [unit, seconds] = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]].find(
    ([, seconds]) => distance >= 2 * seconds || seconds === 1,
  );
  const amount = `${Math.floor(distance / seconds).toLocaleString("en")} ${unit}`;
  return `${stamp}, ${fromNow < 0 ? `${amount} ago` : `in ${amount}`}`;
}

const STANDINGS = {
  chosen: "chosen",
  fits: "fits, but was not chosen",
  "other algorithm": "passed over: not the token’s algorithm",
  "other kid": "passed over: the token names another",
  "kid is thumbprint": "passed over: the token’s kid is its thumbprint (x5t)",
  "kid in other case": "passed over: the token’s kid is in another letter case",
  "set aside": "cannot be used",
  other: "passed over",
};

function keys({ keys }) {
  if (keys.length === 0) return [];
  const items = keys.map(({ kid, standing, algorithm, message }) => {
    const className = standing === "chosen" ? "good" : standing === "set aside" ? "bad" : "";
    const item = element("li", "", kid === null ? "no kid" : element("code", "", kid), " ");
    item.append(element("span", className, STANDINGS[standing] + (message ? `: ${message}` : "")));
    if (algorithm) item.append(" ", element("span", "hint", algorithm));
    return item;
  });
  const list = element("ul", "", ...items);
  list.id = "keys";
  return [element("h3", "", keys.length === 1 ? "The key" : `The ${keys.length} keys`), list];
}

function fill({ token, jwks, issuer, audience, algorithms: accepted, now }) {
  byId("token").value = token;
  byId("jwks").value = jwks;
  byId("issuer").value = issuer;
  byId("audience").value = audience;
  byId("time").value = now;
  byId("typ").value = "";
  byId("leeway").value = 0;
  byId("require-kid").checked = false;
  for (const box of algorithms()) box.checked = accepted.includes(box.value);
  byId("token").scrollTop = byId("jwks").scrollTop = 0;
  // The time is part of an example.
  byId("more").open = true;
  explain();
}

async function start() {
  await init({ module_or_path: Uint8Array.from(atob(MODULE), (octet) => octet.charCodeAt(0)) });
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    explain();
    byId("verdict").focus();
  });
  byId("form").addEventListener("input", explain);
  byId("form").addEventListener("click", ({ target }) => {
    const example = EXAMPLES[target.dataset.example];
    if (example) fill(example);
  });
  byId("form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("form").requestSubmit();
  });
  document.documentElement.dataset.ready = "";
  explain();
}

start().catch((error) => show(`This browser cannot run the module: ${error.message}`, "bad"));
