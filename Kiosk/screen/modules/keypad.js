// The keypad for a NIK. The page sends keys and is told how many digits there are, never which.

import { button, element, heading, icon, name } from "./elements.js";
import { invitations } from "./invitations.js";

/** How a NIK is read on a card: place, date, serial. */
const groups = [6, 6, 4];

/** The nodes of the identification screen. */
export function keypad(screen, say) {
    const boxes = groups.map((size) => element(
        "span", { class: "group" }, ...Array.from({ length: size }, () => element("span", { class: "box" }))));
    const entry = element("div", { class: "entry", role: "img", testid: "entry" }, ...boxes);
    const count = element("p", { class: "count", testid: "entered", "aria-live": "polite" });
    const problem = element("p", { class: "problem", testid: "problem", role: "alert" });
    const ok = button({ label: say("identify.ok"), icon: "check", class: "primary", testid: "ok", touch: "ok" });
    const others = invitations("identify", say);
    const useCard = button({ label: say("identify.useCard"), icon: "card", class: "use-card", testid: "use-card", touch: "useCard", hidden: true });
    const keys = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(digitKey);
    const erase = button({ label: say("identify.erase"), icon: "erase", class: "erase", testid: "erase", touch: "erase" });
    return {
        nodes: [
            element(
                "div", { class: "ask" },
                heading(say("identify.title")), name("p", screen.service.name, "chosen"), element("p", { text: say("identify.text") }),
                others.node),
            element(
                "div", { class: "act" },
                element("div", { class: "entry-area" }, entry, count, problem), useCard,
                element("div", { class: "keys", role: "group", "aria-label": say("identify.keypad") }, ...keys, erase, digitKey(0), ok)),
        ],
        update({ screen: { entered, length, problem: code }, remark, invitations: open }) {
            others.update({ invitations: open });
            useCard.hidden = remark !== "card-unanswered";
            entry.querySelectorAll(".box").forEach((box, index) => {
                box.classList.toggle("filled", index < entered);
                box.classList.toggle("next", index === entered);
            });
            const words = say("identify.entered", { entered, length });
            entry.setAttribute("aria-label", words);
            count.textContent = words;
            problem.replaceChildren(...(code ? [icon("warning"), element("span", { text: say(`problem.${code}`) })] : []));
        },
    };
}

function digitKey(digit) {
    return button({ label: String(digit), class: "digit", testid: `digit-${digit}`, touch: "digit", value: String(digit) });
}
