// Shows the paper as it comes out: the server says what changed, this page fetches the rows it lacks and paints them.

import { Strip } from "./strip.js";

const faults = [
    ["paper-out", "Kertas habis", "Paper out"],
    ["cover-open", "Tutup terbuka", "Cover open"],
    ["power-off", "Printer mati", "Power off"],
    ["hang", "Printer tidak merespons", "Firmware hangs"],
    ["reversed-roll", "Rol terbalik", "Roll the wrong way round"],
    ["near-end", "Kertas hampir habis", "Paper near its end"],
    ["cutter-jam", "Pisau macet", "Knife jams"],
    ["head-hot", "Kepala cetak panas", "Head too hot"],
    ["unrecoverable", "Rusak", "Broken part"],
    ["faded-roll", "Kertas pudar", "Faded roll"],
    ["deaf", "Tidak pernah menjawab", "Never answers"],
    ["garbage", "Jawaban kacau", "Answers noise"],
    ["late", "Jawaban terlambat", "Answers late"],
];

const states = {
    "ready": ["Siap", "Ready"],
    "printing": ["Mencetak", "Printing"],
    "paper-out": ["Kertas habis", "Paper out"],
    "cover-open": ["Tutup terbuka", "Cover open"],
    "cutter-jam": ["Pisau macet", "Knife jammed"],
    "head-hot": ["Kepala cetak panas", "Head too hot"],
    "broken": ["Rusak", "Broken"],
    "hung": ["Membeku", "Hangs"],
    "off": ["Printer mati", "Power off"],
    "away": ["Emulator tidak menjawab", "The emulator does not answer"],
};

const find = (selector) => document.querySelector(selector);
const strips = new Map();
let latest = null;
let painting = false;

function showState(state) {
    document.body.dataset.state = state;
    const [word, english] = states[state] ?? [state, ""];
    find("#state b").textContent = word;
    find("#state [lang]").textContent = english;
}

function showPrinter(printer) {
    showState(printer.state);
    find("#model").textContent = printer.name;
    find("#device .badge").textContent = printer.model;
    for (const button of document.querySelectorAll("#faults button")) {
        button.setAttribute("aria-pressed", String(printer.faults.includes(button.dataset.fault)));
    }
    gauge("#metres", printer.metres_left, printer.roll_metres, `${printer.metres_left.toFixed(2).replace(".", ",")} m`);
    gauge("#buffer", printer.buffered_bytes, printer.buffer_bytes, `${printer.buffered_bytes} B`);
    document.documentElement.style.setProperty("--width", `${Math.round(printer.dots * 372 / 576)}px`);
}

function gauge(selector, value, most, words) {
    const meter = find(selector);
    meter.max = most;
    meter.value = value;
    meter.parentElement.querySelector("output").textContent = words;
}

/** Brings every strip that is shown up to date, one round at a time; a change meanwhile starts another round. */
async function paint() {
    if (painting) return;
    painting = true;
    try {
        for (let seen = null; seen !== latest;) {
            seen = latest;
            await Promise.all(seen.sheets.filter((sheet) => sheet.picture).map((sheet) => paintSheet(sheet, seen.printer)));
            forgetOldStrips(seen);
        }
    } catch (error) {
        // The event stream tells when the emulator is back, and then everything is painted again.
        console.warn("painting stopped:", error);
    } finally {
        painting = false;
    }
}

async function paintSheet(sheet, printer) {
    if (!strips.has(sheet.number)) strips.set(sheet.number, new Strip(sheet.number, printer.dots));
    const strip = strips.get(sheet.number);
    await strip.fetchRows(sheet.rows);
    if (sheet.finished_at) {
        strip.show(sheet.rows);
        file(sheet, strip);
    } else {
        // The last rows are still below the knife, inside the printer.
        strip.show(Math.max(0, sheet.rows - printer.knife_rows));
        if (strip.element.parentElement !== find("#outlet")) find("#outlet").replaceChildren(strip.element);
    }
}

/** Lays a finished sheet into the tray, the newest on top. */
function file(sheet, strip) {
    if (strip.isFiled) return;
    strip.isFiled = true;
    const caption = document.createElement("figcaption");
    const time = new Date(sheet.finished_at).toLocaleTimeString("id-ID");
    const length = sheet.millimetres.toFixed(1).replace(".", ",");
    for (const words of [`no. ${sheet.number} · ${time}`, `${length} mm${sheet.cut ? "" : " · sobek"}`]) {
        caption.append(Object.assign(document.createElement("span"), { textContent: words }));
    }
    if (sheet.print_id) caption.append(Object.assign(document.createElement("code"), { textContent: sheet.print_id }));
    const figure = document.createElement("figure");
    figure.append(strip.element, caption);
    const item = document.createElement("li");
    item.dataset.number = sheet.number;
    item.classList.toggle("torn", !sheet.cut);
    item.append(figure);
    const newer = [...find("#sheets").children].findLast((other) => Number(other.dataset.number) > sheet.number);
    if (newer) newer.after(item); else find("#sheets").prepend(item);
}

function forgetOldStrips({ sheets, printer }) {
    find("#count").textContent = printer.running_sheet - 1;
    const shown = new Set(sheets.map((sheet) => sheet.number));
    for (const [number, strip] of strips) {
        if (shown.has(number)) continue;
        (strip.element.closest("li") ?? strip.element).remove();
        strips.delete(number);
    }
}

function listen() {
    const events = new EventSource("/events");
    let revision = 0;
    events.onmessage = (event) => {
        const report = JSON.parse(event.data);
        // Numbers that run backwards are another emulator's: its sheet 1 is not the one we know.
        if (report.printer.revision < revision) location.reload();
        revision = report.printer.revision;
        latest = report;
        showPrinter(report.printer);
        paint();
    };
    events.onerror = () => showState("away");
}

async function press(path) {
    const response = await fetch(path, { method: "POST" });
    if (!response.ok) console.warn(path, response.status, await response.text());
}

for (const [name, word, english] of faults) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.fault = name;
    button.setAttribute("aria-pressed", "false");
    button.append(word, Object.assign(document.createElement("small"), { lang: "en", textContent: english }));
    button.addEventListener("click", () => press(`/faults/${name}/${button.getAttribute("aria-pressed") === "true" ? "off" : "on"}`));
    find("#faults").append(button);
}
find("#roll").addEventListener("click", () => press("/roll/new"));
showState("away");
listen();
