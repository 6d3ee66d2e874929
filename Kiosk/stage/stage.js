// Shows what the stage's server says, fits the three windows, and presses the buttons. It decides nothing.

import { Window } from "./window.js";

const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];

// The frames may be shown by this one origin only.
if (location.hostname === "localhost") location.hostname = "127.0.0.1";

const printerStates = {
    "ready": ["siap", "ready", "quiet"],
    "printing": ["mencetak", "printing", "busy"],
    "paper-out": ["kertas habis", "paper out", "wrong"],
    "cover-open": ["penutup terbuka", "cover open", "wrong"],
    "cutter-jam": ["pisau macet", "knife jammed", "wrong"],
    "head-hot": ["kepala cetak panas", "head too hot", "wrong"],
    "broken": ["rusak", "broken", "wrong"],
    "hung": ["membeku", "hangs", "wrong"],
    "off": ["mati", "off", "wrong"],
};

const marks = { quiet: "✓", busy: "…", wrong: "!" };

const windows = {
    screen: new Window(find('[data-program="screen"]'), { width: 1080, height: 1920 }),
    // Beside printer and tray the paper page has buttons of its own; ours are below, so its last 300 px stay outside.
    paper: new Window(find('[data-program="paper"]'), { width: 1200, shown: 900 }),
    stock: new Window(find('[data-program="stock"]'), { width: 1200, shown: 900 }),
    centre: new Window(find('[data-program="centre"]'), { width: 1000, narrow: 640, reloads: true }),
};

/** A pair of words in both languages, as nodes that read well one after the other. */
function pair(sentence) {
    const indonesian = Object.assign(document.createElement("b"), { textContent: sentence.indonesian });
    const english = Object.assign(document.createElement("span"), { lang: "en", textContent: sentence.english });
    return [indonesian, " ", english];
}

function item(sentence) {
    const element = document.createElement("li");
    element.append(...pair(sentence));
    return element;
}

const printerWords = (answers, { state }) =>
    answers ? printerStates[state] ?? [state, "", "busy"] : ["tidak menjawab", "away", "wrong"];

function showPrograms(state) {
    windows.screen.show(state.screen);
    windows.paper.show(state.paper);
    windows.centre.show(state.centre);
    find('[data-program="stock"]').hidden = !state.stock;
    if (state.stock) {
        windows.stock.show(state.stock);
        windows.stock.say(...printerWords(state.stock.answers, state.stock.printer));
    }
    windows.screen.say(
        ...(state.kiosk_answers && state.screen.answers
            ? ["menyala", "running", "quiet"] : ["mulai ulang", "restarting", "wrong"]));
    windows.paper.say(...printerWords(state.paper.answers, state.printer));
    windows.centre.say(
        ...(!state.centre.answers ? ["mulai ulang", "restarting", "wrong"]
            : state.network.cut ? ["menyala, jaringan terputus", "running, network cut", "busy"] : ["menyala", "running", "quiet"]));
}

function showHands({ printer, network, visits, cupsd_is_hunted: hunted }) {
    for (const button of all("[data-fault]")) button.setAttribute("aria-pressed", String(printer.faults.includes(button.dataset.fault)));
    find("#network").setAttribute("aria-pressed", String(network.cut));
    const kill = find('[data-action="kill-cupsd"]');
    kill.dataset.waiting = String(hunted);
    kill.setAttribute("aria-busy", String(hunted));
    const go = find('[data-action="visits"]');
    go.dataset.running = String(visits.running);
    go.setAttribute("aria-busy", String(visits.running));
    go.querySelector(".label").textContent = visits.running ? `Kunjungan ${visits.done}/${visits.of}` : "Jalankan 20 kunjungan";
    go.querySelector("small").textContent = visits.running ? `Visit ${visits.done}/${visits.of}` : "Run 20 visits";
    const progress = go.querySelector("progress");
    progress.max = Math.max(1, visits.of);
    progress.value = visits.done;
}

/** One line of the ledger; left alone while it says the same, so that a selection or a reader's place is kept. */
function showLine(name, line) {
    const element = find(`[data-line="${name}"]`);
    const text = JSON.stringify(line);
    if (element.dataset.shown === text) return;
    element.dataset.shown = text;
    element.dataset.mood = line.mood;
    const words = (language, text) =>
        Object.assign(document.createElement("p"), { lang: language, className: "words", textContent: text });
    const mark = Object.assign(document.createElement("span"), { className: "mark", textContent: marks[line.mood] });
    mark.setAttribute("aria-hidden", "true");
    const notes = Object.assign(document.createElement("ul"), { className: "notes" });
    notes.append(...line.notes.map(item));
    element.replaceChildren(mark, words("id", line.words.indonesian), words("en", line.words.english), notes);
}

function showLedger(ledger) {
    for (const name of ["paper", "centre", "verdict"]) showLine(name, ledger[name]);
    find('[data-line="stock"]').hidden = !ledger.stock;
    if (ledger.stock) showLine("stock", ledger.stock);
    const list = find("#reasons");
    list.hidden = ledger.reasons.length === 0;
    list.replaceChildren(...ledger.reasons.map(item));
}

function tell(sentence) {
    const news = find("#news");
    const text = JSON.stringify(sentence);
    if (news.dataset.shown === text) return;
    news.dataset.shown = text;
    news.replaceChildren(...(sentence ? pair(sentence) : []));
}

let lastNews = null;

function show(state) {
    document.body.dataset.away = "false";
    showPrograms(state);
    showHands(state);
    showLedger(state.ledger);
    // A refusal stays until the stage has something newer to say.
    const news = JSON.stringify(state.news ?? null);
    if (news !== lastNews) tell(state.news);
    lastNews = news;
}

function listen() {
    const events = new EventSource("/events");
    events.onmessage = (event) => show(JSON.parse(event.data));
    events.onerror = () => {
        document.body.dataset.away = "true";
        tell({ indonesian: "panggung tidak menjawab", english: "the stage does not answer" });
    };
}

async function press(path) {
    try {
        const response = await fetch(`/actions/${path}`, { method: "POST" });
        if (!response.ok) tell(await response.json());
    } catch (error) {
        tell({ indonesian: `tombol tidak sampai: ${error.message}`, english: "the button did not get through" });
    }
}

const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

for (const button of all("[data-fault]")) {
    button.addEventListener("click", () => press(`${button.dataset.fault}/${isPressed(button) ? "off" : "on"}`));
}
for (const button of all("[data-action]")) button.addEventListener("click", () => press(button.dataset.action));
find("#network").addEventListener("click", () => press(`network/${isPressed(find("#network")) ? "restore" : "cut"}`));

// The stage starts with nothing known; the first event comes at once.
listen();
