const find = id => document.getElementById(id);
const [log, welcome, input, send, stop, status] = ["log", "welcome", "input", "send", "stop", "status"].map(find);
const settings = { temperature: find("temperature"), maxTokens: find("max-tokens"), remember: find("remember") };

let turns = [];
let running = null; // AbortController of the answer being written

// ---- Start -------------------------------------------------------------------------------------------------------

applyTheme(recall("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
for (const [name, field] of Object.entries(settings)) {
  const kept = recall(name);
  if (kept !== null) field.type === "checkbox" ? (field.checked = kept === "true") : (field.value = kept);
  field.addEventListener("input", () => {
    remember(name, field.type === "checkbox" ? field.checked : field.value);
    showTemperature();
  });
}
showTemperature();
describeModel();
offerExamples();
refresh();
input.focus();

async function describeModel() {
  try {
    const health = await (await fetch("/health")).json();
    find("model").textContent = health.model;
    find("facts").textContent = `${health.connection} connections, ${health.max_context.toLocaleString("en")} tokens of context`;
    document.title = `Chat with ${health.model}`;
    settings.maxTokens.max = health.max_context;
    if (Number(settings.maxTokens.value) > health.max_context) settings.maxTokens.value = health.max_context;
  } catch {
    find("facts").textContent = "The server does not answer.";
  }
}

async function offerExamples() {
  try {
    const examples = await (await fetch("/examples")).json();
    find("examples").replaceChildren(...examples.map(example => {
      const button = element("button", "example");
      button.type = "button";
      const cut = example.prompt.lastIndexOf("\n\n"); // a document, then what to do with it
      button.append(element("strong", "", example.title));
      if (cut > 0) button.append(element("span", "document", example.prompt.slice(0, Math.min(cut, 400))));
      button.append(element("span", "task", example.prompt.slice(Math.max(cut, 0)).trim()));
      button.addEventListener("click", () => ask(example.prompt));
      return button;
    }));
  } catch {
    // The page works without them.
  }
}

// ---- Events ------------------------------------------------------------------------------------------------------

find("composer").addEventListener("submit", event => {
  event.preventDefault();
  const text = input.value;
  if (running || !text.trim()) return;
  input.value = "";
  ask(text);
});

input.addEventListener("input", refresh);
input.addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    find("composer").requestSubmit();
  }
});

stop.addEventListener("click", () => running?.abort());
document.addEventListener("keydown", event => { if (event.key === "Escape") running?.abort(); });

find("new").addEventListener("click", () => {
  running?.abort();
  turns = [];
  log.replaceChildren(welcome);
  status.textContent = "";
  input.focus();
});

find("settings-toggle").addEventListener("click", event => {
  const shown = find("settings").toggleAttribute("hidden") === false;
  event.currentTarget.setAttribute("aria-expanded", shown);
});

find("theme").addEventListener("click", () => {
  const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  applyTheme(theme);
  remember("theme", theme);
});

// ---- A question and its answer -----------------------------------------------------------------------------------

async function ask(question) {
  if (running) return;
  welcome.remove();
  const conversation = turns;
  conversation.push({ role: "user", content: question });
  addTurn("user", question);
  const view = addTurn("assistant", "");
  view.turn.classList.add("writing");
  scrollToEnd(true);

  const controller = running = new AbortController();
  refresh();
  status.textContent = "";
  let answer = "", usage = null, finish = null, firstAt = 0;
  const askedAt = performance.now();
  try {
    const response = await fetch("/v1/chat/completions", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      signal: controller.signal,
      body: JSON.stringify({
        messages: settings.remember.checked ? conversation : conversation.slice(-1),
        temperature: Number(settings.temperature.value),
        max_tokens: Math.max(1, Math.floor(Number(settings.maxTokens.value)) || 512),
        stream: true,
        stream_options: { include_usage: true },
      }),
    });
    if (!response.ok) throw new Error((await response.json()).error.message);
    for await (const data of events(response.body)) {
      if (data === "[DONE]") break;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new Error(chunk.error.message);
      usage = chunk.usage ?? usage;
      const choice = chunk.choices[0];
      finish = choice?.finish_reason ?? finish;
      const piece = choice?.delta.content;
      if (piece) {
        firstAt ||= performance.now();
        answer += piece;
        view.text.append(piece); // appended as text: nothing in it is ever read as HTML
        view.text.classList.toggle("json", /^\s*[{[]/.test(answer));
        scrollToEnd(false);
      }
    }
    view.foot.append(element("span", "", figures(usage, askedAt, firstAt)));
    if (finish === "length") view.foot.append(element("span", "", "ended at the token limit"));
    status.textContent = "Answer complete.";
  } catch (error) {
    if (controller.signal.aborted) {
      view.foot.append(element("span", "", "stopped"));
      status.textContent = "Stopped.";
    } else {
      view.foot.append(element("span", "failure", error.message));
      status.textContent = "The answer failed.";
    }
  } finally {
    running = null;
    view.turn.classList.remove("writing");
    if (answer) {
      conversation.push({ role: "assistant", content: answer });
      view.foot.prepend(copyButton(answer));
    } else {
      conversation.pop();
    }
    refresh();
    scrollToEnd(false);
  }
}

/** The data of each server-sent event of a response. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    for (let end; (end = buffer.indexOf("\n\n")) >= 0; buffer = buffer.slice(end + 2)) {
      const event = buffer.slice(0, end);
      if (event.startsWith("data: ")) yield event.slice(6);
    }
  }
}

function figures(usage, askedAt, firstAt) {
  if (!usage || !firstAt) return "";
  const now = performance.now();
  const rate = usage.completion_tokens > 1 ? (usage.completion_tokens - 1) / ((now - firstAt) / 1000) : 0;
  const parts = [`${usage.completion_tokens} tokens`, `first after ${Math.round(firstAt - askedAt)} ms`];
  if (rate > 0 && Number.isFinite(rate)) parts.splice(1, 0, `${rate.toFixed(rate < 10 ? 1 : 0)} tokens/s`);
  return parts.join(" · ");
}

// ---- Small things ------------------------------------------------------------------------------------------------

function addTurn(role, content) {
  const turn = element("article", `turn ${role}`);
  turn.setAttribute("aria-label", role === "user" ? "You" : "Model");
  const text = element("div", "text", content), foot = element("div", "foot");
  turn.append(text);
  if (role === "assistant") turn.append(foot);
  log.append(turn);
  return { turn, text, foot };
}

function copyButton(text) {
  const button = element("button", "quiet", "Copy");
  button.type = "button";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    status.textContent = "Copied.";
  });
  return button;
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function scrollToEnd(always) {
  if (always || log.scrollHeight - log.scrollTop - log.clientHeight < 120) log.scrollTop = log.scrollHeight;
}

function refresh() {
  send.hidden = Boolean(running);
  stop.hidden = !running;
  send.disabled = !input.value.trim();
}

function showTemperature() {
  find("temperature-value").textContent = Number(settings.temperature.value).toFixed(1);
}

function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function remember(name, value) {
  try { localStorage.setItem(`mhc.${name}`, value); } catch { /* private windows may refuse */ }
}

function recall(name) {
  try { return localStorage.getItem(`mhc.${name}`); } catch { return null; }
}
