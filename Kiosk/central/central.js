// Shows the day as the centre knows it: each event is a whole report.

import { refusals, remedies } from "./remedies.js";

const columns = [
    ["issued", "Terbit", "Issued"],
    ["printed", "Tercetak", "Printed"],
    ["screen", "Di layar", "On screen"],
    ["unknown", "Tidak diketahui", "Unknown"],
    ["void", "Batal", "Void"],
    ["open", "Berjalan", "Open"],
];
const states = {
    live: ["Terhubung", "Live"],
    away: ["Terputus", "Cut off"],
};
/** The day changes and kiosks fall silent without an event. */
const refresh = 20_000;

const find = (selector) => document.querySelector(selector);
const numbers = new Intl.NumberFormat("id-ID");
let shownAt = null;

/** An element with Indonesian words and, where given, English ones behind them. */
function element(name, words = "", english = "", attributes = {}) {
    const made = Object.assign(document.createElement(name), { textContent: words });
    if (english) made.append(" ", Object.assign(document.createElement("span"), { lang: "en", textContent: english }));
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
}

function clock(time) {
    return new Date(time).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

function moment(time) {
    const today = new Date(time).toDateString() === new Date().toDateString();
    return today ? clock(time) : `${new Date(time).toLocaleDateString("id-ID", { day: "numeric", month: "short", year: "numeric" })} ${clock(time)}`;
}

function showState(state) {
    document.body.dataset.state = state;
    const [words, english] = states[state];
    find("#state b").textContent = words;
    find("#state [lang]").textContent = english;
    find("#away").hidden = state === "live";
    for (const time of document.querySelectorAll("#away time")) time.textContent = shownAt ? clock(shownAt) : "–";
}

function showDay(day) {
    const date = new Date(`${day}T00:00:00Z`);
    const words = (language) =>
        date.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    find("#day b").textContent = words("id-ID");
    find("#day [lang]").textContent = words("en-GB");
}

function showTotals(report) {
    for (const [name] of columns) {
        const figure = find(`#totals .${name}`);
        figure.classList.toggle("zero", report[name] === 0);
        figure.querySelector("dd").textContent = numbers.format(report[name]);
    }
}

function row(kind, title, key, counts) {
    const made = element("tr", "", "", { class: kind, role: "row", "data-testid": key });
    const head = element("th", title, "", { scope: "row", role: "rowheader" });
    // What staff handed out is among the printed.
    if (counts.manual > 0) head.append(element("small", ` · ${numbers.format(counts.manual)} manual`, "by hand"));
    made.append(head);
    for (const [name, words] of columns) {
        const cell = element("td", numbers.format(counts[name]), "", { class: name, role: "cell", "data-label": words });
        cell.classList.toggle("zero", counts[name] === 0);
        made.append(cell);
    }
    return made;
}

function showAgencies(agencies) {
    find("#agencies").hidden = agencies.length === 0;
    find("#no-tickets").hidden = agencies.length > 0;
    for (const body of document.querySelectorAll("#agencies tbody")) body.remove();
    for (const agency of agencies) {
        const body = element("tbody", "", "", { role: "rowgroup" });
        body.append(row("agency", agency.name ?? agency.agency, agency.agency, agency));
        for (const service of agency.services) {
            body.append(row("service", service.name ?? service.service, `${agency.agency}/${service.service}`, service));
        }
        find("#agencies").append(body);
    }
}

/**
 * A kiosk has two chains, and more after its journal began anew; the manager sees the kiosk.
 * Its contact is that of the lane that has been silent longest: a living one must not hide a dead one.
 */
function showKiosks(chains, rolls, alarms) {
    const kiosks = new Map();
    const newest = new Map();
    for (const chain of [...chains].sort((a, b) => a.contact.localeCompare(b.contact))) {
        newest.set(`${chain.site}/${chain.kiosk}`, chain.epoch);
    }
    for (const chain of chains) {
        const name = `${chain.site}/${chain.kiosk}`;
        const kiosk = kiosks.get(name) ?? { received: 0, waiting: 0, contact: null };
        kiosk.received += chain.upto;
        kiosk.waiting += chain.waiting;
        const isNewest = chain.epoch === newest.get(name);
        if (isNewest && (kiosk.contact === null || chain.contact < kiosk.contact)) kiosk.contact = chain.contact;
        kiosks.set(name, kiosk);
    }
    find("#kiosks").hidden = kiosks.size === 0;
    find("#no-kiosks").hidden = kiosks.size > 0;
    find("#kiosks tbody").replaceChildren(...[...kiosks].map(([name, { received, waiting, contact }]) => {
        const made = element("tr", "", "", { role: "row", "data-testid": name });
        const isSilent = alarms.some((alarm) => alarm.code === "kiosk-silent" && `${alarm.site}/${alarm.kiosk}` === name);
        made.append(
            element("th", name, "", { scope: "row", role: "rowheader" }),
            element("td", numbers.format(received), "", { role: "cell", "data-label": "Diterima" }),
            element("td", numbers.format(waiting), "", { role: "cell", "data-label": "Menunggu", class: waiting > 0 ? "late" : "zero" }),
            paper(rolls.find((roll) => `${roll.site}/${roll.kiosk}` === name)),
            element("td", moment(contact) + (isSilent ? ", tidak ada kabar" : ""), isSilent ? "silent" : "",
                { role: "cell", "data-label": "Kontak terakhir", class: isSilent ? "late" : "" }));
        return made;
    }));
}

/** How long a printer's paper lasts, as far as its kiosk knows it. */
function paper(roll) {
    if (!roll) return element("td", "–", "", { role: "cell", class: "zero" });
    const [words, english] = roll.certainty === "about" ? ["kira-kira", "about"] : ["paling banyak", "at most"];
    const known = roll.tickets !== undefined && roll.tickets !== null;
    const notes = [[roll.is_low, "hampir habis", "running low"], [roll.is_unproven, "belum diuji", "not proven"]].filter(([holds]) => holds);
    return element(
        "td", [known ? `${words} ${numbers.format(roll.tickets)}` : "tidak diketahui", ...notes.map((note) => note[1])].join(", "),
        [known ? english : "unknown", ...notes.map((note) => note[2])].join(", "),
        { role: "cell", "data-label": "Sisa tiket", class: notes.length ? "late" : "", "data-testid": `paper-${roll.site}/${roll.kiosk}` });
}

function incident(found) {
    const { words, english } = remedies[found.code] ?? remedies.unreadable;
    const item = element("li", "", "", { "data-code": found.code });
    item.append(element("b", `${found.site}/${found.kiosk}: ${words[0]}`, english[0]), element("p", words[1], english[1]));
    const end = found.resolved ? `, selesai ${moment(found.resolved)}` : `, terakhir ${moment(found.last)}`;
    item.append(element(
        "p", `${found.detail} · ${found.lane} · ${found.entries} catatan disimpan terpisah · sejak ${moment(found.first)}${end}`, "",
        { class: "facts" }));
    return item;
}

function alarm(found) {
    const { words, english } = remedies[found.code] ?? remedies.unreadable;
    const item = element("li", "", "", { "data-code": found.code });
    item.append(
        element("b", `${found.site}/${found.kiosk}: ${words[0]}`, english[0]), element("p", words[1], english[1]),
        element(
            "p", `sejak ${moment(found.since)}${found.isFromAbove ? ", ditetapkan dan diakhiri pusat di atas" : ""}`,
            found.isFromAbove ? "called by the centre above, which ends it" : "", { class: "facts" }));
    return item;
}

function showIncidents(incidents, alarms) {
    const open = incidents.filter((found) => !found.resolved);
    const resolved = incidents.filter((found) => found.resolved);
    find("#incidents").hidden = open.length + alarms.length === 0;
    find("#incidents ul").replaceChildren(...alarms.map(alarm), ...open.map(incident));
    find("#resolved").hidden = resolved.length === 0;
    find("#resolved output").textContent = resolved.length;
    find("#resolved ul").replaceChildren(...resolved.map(incident));
}

/** Whoever a certificate, a signature or a code did not let in. */
function refusal(found) {
    const { words, english } = refusals[found.code] ?? refusals["certificate-foreign"];
    const [who, stranger] = found.site ? [`${found.site}/${found.kiosk}`, ""] : ["Orang asing", "A stranger"];
    const item = element("li", "", "", { "data-code": found.code });
    item.append(
        element("b", `${who}: ${words[0]}`, [stranger, english[0]].filter(Boolean).join(": ")), element("p", words[1], english[1]),
        element("p", `${found.detail} · sejak ${moment(found.first)}, terakhir ${moment(found.last)}`, "", { class: "facts" }));
    return item;
}

function showRefusals(found) {
    find("#refusals").hidden = found.length === 0;
    find("#refusals ul").replaceChildren(...found.map(refusal));
}

function show(report) {
    shownAt = report.made;
    showDay(report.day);
    showTotals(report);
    showAgencies(report.agencies);
    showKiosks(report.chains, report.rolls ?? [], report.alarms ?? []);
    showIncidents(report.incidents, report.alarms ?? []);
    showRefusals(report.refusals ?? []);
    showState("live");
}

function listen() {
    const events = new EventSource("/v1/events");
    events.onmessage = (event) => show(JSON.parse(event.data));
    events.onerror = () => {
        showState("away");
        // The browser tries again by itself, unless the centre answered with an error.
        if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    };
}

async function ask() {
    try {
        const response = await fetch("/v1/report", { signal: AbortSignal.timeout(refresh / 2) });
        if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
        show(await response.json());
    } catch (error) {
        console.warn("the centre did not answer:", error);
        showState("away");
    }
}

for (const [name, words, english] of columns) {
    const figure = element("div", "", "", { class: `${name} zero` });
    figure.append(element("dt", words, english), element("dd", "–", "", { id: name, "data-testid": name }));
    find("#totals").append(figure);
}
find("#agencies thead tr").append(
    element("th", "Layanan", "Service", { scope: "col", role: "columnheader" }),
    ...columns.map(([, words, english]) => element("th", words, english, { scope: "col", role: "columnheader" })));
showState("away");
find("#away").hidden = true;
listen();
setInterval(ask, refresh);
