// The page "why is my token refused". What comes from a token or a set reaches the document as text alone.
import init, { algorithms, diagnose } from "../dist/jose_core.js";
// Assembled into one script, which also has these.
import { EXAMPLES, MODULE } from "assembled";

const byId = (id) => document.getElementById(id);
const boxes = () => [...document.querySelectorAll("[name=algorithm]")];

/** An element with a class and children: elements, and strings, which become text. */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const lines = ({ value }) => value.split("\n").map((line) => line.trim()).filter(Boolean);
const oneOfThem = (texts) => (texts.length > 1 ? texts : (texts[0] ?? null));

/** The issuers of the form, each with its field of keys. */
const issuers = () =>
  [...byId("issuers").children].map((place) => ({
    place,
    names: lines(place.querySelector("[name=issuer]")),
    keys: place.querySelector("[name=jwks]"),
  }));

/** Gives the form this many issuers. */
function setIssuers(count) {
  const list = byId("issuers");
  while (list.children.length > count) list.lastElementChild.remove();
  while (list.children.length < count) list.append(byId("issuer").content.cloneNode(true));
  for (const [index, { place }] of issuers().entries()) {
    place.querySelector("legend").textContent = `Issuer ${index + 1}`;
    place.querySelector("legend").hidden = place.querySelector("[name=remove]").hidden = count === 1;
  }
}

/**
 * The issuer whose keys and names a token is held to. Of several it is the one that the token says it is of, as a
 * service chooses among its issuers: a key that is good for one must not sign for another.
 */
function issuerOf(token) {
  const all = issuers();
  if (all.length === 1) return { names: all[0].names, jwks: all[0].keys.value.trim() };
  const iss = payload(token)?.iss;
  const found = all.find(({ names }) => names.includes(iss)) ?? all.find(({ names }) => names.length === 0);
  const said = typeof iss === "string" ? `The token says that its issuer is ${visible(JSON.stringify(iss))}, ` : "The token names no issuer, ";
  if (!found) return { names: all.flatMap(({ names }) => names), jwks: "", choice: `${said}none of the ${all.length}: no key was looked at.` };
  return { names: found.names, jwks: found.keys.value.trim(), choice: `${said}so it was held to issuer ${all.indexOf(found) + 1} and its keys alone.` };
}

function explain() {
  updateLink();
  const token = byId("token").value;
  if (!token.trim()) return show("Nothing pasted yet", "", "");
  const time = byId("time").value.trim();
  const typ = byId("typ").value.trim();
  const { names, jwks, choice } = issuerOf(token);
  const options = {
    algorithms: boxes().filter((box) => box.checked).map((box) => box.value),
    issuer: oneOfThem(names),
    audience: oneOfThem(lines(byId("audience"))),
    leeway: Number(byId("leeway").value),
    requireKid: byId("require-kid").checked,
    ...(typ && { typ }),
  };
  let diagnosis;
  try {
    diagnosis = diagnose(jwks || '{"keys":[]}', options, token, time ? Number(time) : Date.now() / 1000);
  } catch (refusal) {
    return show(`Cannot be said: ${refusal.message}`, "bad", "");
  }
  // Without keys, what can be said of the rest.
  if (!jwks) {
    diagnosis.problems = diagnosis.problems.filter(({ stage }) => stage !== "keys");
    for (const each of diagnosis.stages) if (each.stage === "keys") each.outcome = "not reached";
  }
  const first = diagnosis.problems.find((problem) => problem.message);
  const refused = first ? `Refused: ${first.message}` : "The JWK Set is missing: nobody can say whether the signature holds";
  show(
    diagnosis.accepted ? "Accepted" : refused,
    diagnosis.accepted ? "good" : first ? "bad" : "",
    gist(diagnosis),
    stages(diagnosis),
    ...(choice ? [element("p", "", choice)] : []),
    ...problems(diagnosis),
    ...decoded(token, diagnosis),
    ...claims(diagnosis),
    ...keys(diagnosis),
  );
}

/** The whole in one or two sentences. */
function gist({ accepted, problems, stages }) {
  const named = (sought) => stages.filter(({ outcome }) => outcome === sought).map(({ stage }) => stage).join(", ");
  const count = problems.length === 1 ? "1 thing" : `${problems.length} things`;
  const sentences = accepted ? ["Every stage holds."] : [];
  if (named("fails")) sentences.push(`Wrong: ${named("fails")}.`);
  if (named("not reached")) sentences.push(`Not reached: ${named("not reached")}.`);
  if (problems.length > 0) sentences.push(`${count} ${accepted ? "worth knowing" : "to change"}.`);
  return sentences.join(" ");
}

function show(verdict, className, gist, ...report) {
  byId("verdict").textContent = verdict;
  byId("gist").textContent = gist;
  byId("summary").className = className;
  byId("report").replaceChildren(...report);
  announce(`${verdict}. ${gist}`);
}

let announcing;

/** Has a screen reader say this when there was no change for a moment: not with every letter that is typed. */
function announce(text) {
  clearTimeout(announcing);
  announcing = setTimeout(() => {
    if (byId("announcement").textContent !== text) byId("announcement").textContent = text;
  }, 700);
}

/** The link has what is expected: only the fields that are named here, so neither the token nor any key. */
function updateLink() {
  const link = new URLSearchParams();
  for (const { names } of issuers()) link.append("issuer", names.join("\n"));
  link.append("audience", lines(byId("audience")).join("\n"));
  for (const box of boxes()) if (box.checked) link.append("algorithm", box.value);
  link.append("leeway", byId("leeway").value);
  link.append("typ", byId("typ").value.trim());
  if (byId("require-kid").checked) link.append("kid", "required");
  // A token, a JWK or PEM that was pasted into the wrong field.
  const astray = [...link.values()].some((value) => /eyJ|"|-----/.test(value));
  if (astray) byId("link").removeAttribute("href");
  else byId("link").href = `#${link}`;
  byId("in-link").textContent = astray
    ? "none while there is a token or a key in a field for what is expected"
    : "with issuers, audience, algorithms, leeway, kid and typ; without the token and the keys";
}

/** Fills in what the link of the page expects, if it is one. */
function followLink() {
  const link = new URLSearchParams(location.hash.slice(1));
  if (!link.has("issuer")) return;
  fillExpectation({
    issuers: link.getAll("issuer"),
    audience: link.get("audience"),
    algorithms: link.getAll("algorithm"),
    leeway: Number(link.get("leeway")) || 0,
    typ: link.get("typ"),
    requireKid: link.get("kid") === "required",
  });
  byId("more").open ||= Number(link.get("leeway")) > 0 || Boolean(link.get("typ")) || link.has("kid");
  explain();
}

/** Puts the text of a file into an issuer's field of keys. */
async function readKeys(place, files) {
  const say = (text) => (place.querySelector("[role=status]").textContent = text);
  if (files.length !== 1) return say(`Expected one file, found ${files.length}`);
  const [{ name, size }] = files;
  // Twice what a JWK Set may have: up to here, the diagnosis says that it is too long.
  if (size > 1 << 20) return say(`${name} has ${size.toLocaleString("en")} bytes: too many for a JWK Set`);
  try {
    place.querySelector("[name=jwks]").value = await files[0].text();
  } catch {
    return say(`${name} cannot be read`);
  }
  say(`${name} was read`);
  explain();
}

/** Shows into which issuer's keys a file would be dropped. */
function aim(place) {
  for (const each of issuers()) each.place.classList.toggle("aimed", each.place === place);
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
  const trust = signatureHolds ? "signed" : "not verified: anyone may have written this";
  return ["Header", "Payload"].flatMap((name, part) => {
    const text = indented(decodedPart(token, part));
    if (!text) return [];
    const shown = element("pre", "", text);
    shown.id = name.toLowerCase();
    return [element("h3", "", `${name} `, element("span", signatureHolds ? "hint" : "hint bad", trust)), shown];
  });
}

/** The text that a part of the token encodes; none if it encodes none. */
function decodedPart(token, part) {
  const bare = token.trim().replace(/^(authorization:\s*)?bearer\s+/i, "").replace(/^["'`]+|["'`]+$/g, "");
  try {
    const octets = atob((bare.split(".")[part] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
  } catch {
    return "";
  }
}

function payload(token) {
  try {
    return JSON.parse(decodedPart(token, 1));
  } catch {
    return undefined;
  }
}

/** JSON on several lines; other text as it is. */
function indented(text) {
  try {
    text = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: shown as it is.
  }
  return visible(text);
}

/** What would not be seen, or would move what follows, is written as an escape. */
function visible(text) {
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
  "kid in other encoding": "passed over: the token’s kid is another encoding of this",
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

function fillExpectation({ issuers: names, audience, algorithms: accepted, leeway = 0, typ = "", requireKid = false }) {
  setIssuers(names.length);
  for (const [index, { place }] of issuers().entries()) place.querySelector("[name=issuer]").value = names[index];
  byId("audience").value = audience;
  for (const box of boxes()) box.checked = accepted.includes(box.value);
  byId("leeway").value = leeway;
  byId("typ").value = typ;
  byId("require-kid").checked = requireKid;
}

function fillExample({ token, jwks, issuer, audience, algorithms, now }) {
  fillExpectation({ issuers: [issuer], audience, algorithms });
  const [{ keys }] = issuers();
  byId("token").value = token;
  keys.value = jwks;
  byId("token").scrollTop = keys.scrollTop = 0;
  // The time is part of an example.
  byId("time").value = now;
  byId("more").open = true;
  explain();
}

async function start() {
  await init({ module_or_path: Uint8Array.from(atob(MODULE), (octet) => octet.charCodeAt(0)) });
  let family;
  for (const name of algorithms()) {
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "algorithm", value: name });
    box.checked = ["RS256", "ES256"].includes(name);
    byId("algorithms").append(element("label", name.startsWith(family) ? "" : "first", box, ` ${name}`));
    family = name.slice(0, 2);
  }
  setIssuers(1);
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    explain();
    // With the focus on it, the verdict is read out, and what describes it.
    clearTimeout(announcing);
    byId("verdict").focus();
  });
  byId("form").addEventListener("input", explain);
  byId("form").addEventListener("change", ({ target }) => {
    if (target.name === "file" && target.files.length > 0) readKeys(target.closest(".issuer"), target.files);
  });
  byId("form").addEventListener("click", ({ target }) => {
    const example = EXAMPLES[target.dataset.example];
    if (example) return fillExample(example);
    // The same file can be chosen again after it changed.
    if (target.name === "file") target.value = "";
    if (target.id === "add") {
      setIssuers(issuers().length + 1);
      issuers().at(-1).place.querySelector("[name=issuer]").focus();
    } else if (target.name === "remove") {
      target.closest(".issuer").remove();
      setIssuers(issuers().length);
      byId("add").focus();
    } else return;
    explain();
  });
  byId("form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("form").requestSubmit();
  });
  // Everywhere: dropped beside a field, a file would be opened in place of the page.
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      const place = event.target.closest?.(".issuer") ?? issuers()[0].place;
      aim(type === "dragover" ? place : undefined);
      if (type !== "drop") return;
      place.querySelector("[name=file]").files = event.dataTransfer.files;
      readKeys(place, event.dataTransfer.files);
    });
  }
  addEventListener("hashchange", followLink);
  followLink();
  explain();
  clearTimeout(announcing);
  document.documentElement.dataset.ready = "";
}

start().catch((error) => show(`This browser cannot run the module: ${error.message}`, "bad", ""));
