// A list to choose from, long or short.

import { button, element } from "./elements.js";

/** Up to this many choices stand one below another, large, instead of in columns. */
const few = 5;

/** The nodes of a list of `items`, each touch saying `kind` and the item's id. */
export function choices(items, kind, say, question) {
    const list = element(
        "ul", { class: items.length <= few ? "choices few" : "choices", "aria-label": say("list.label") },
        ...items.map((item) => element(
            "li", {}, button({ label: item.name, lang: "id", testid: `${kind}-${item.id}`, touch: kind, value: item.id }))));
    const pager = new Pager(list, say);
    return {
        nodes: [
            element("div", { class: "ask" }, ...question),
            element("div", { class: "act" }, list, pager.node),
        ],
        update: () => pager.refresh(),
    };
}

/** Two big buttons that scroll a list by what fits on it; hidden while everything fits. */
class Pager {
    node;
    #list;
    #say;
    #up;
    #down;
    #position;

    constructor(list, say) {
        this.#list = list;
        this.#say = say;
        this.#up = button({ label: say("list.up"), icon: "up", testid: "list-up" });
        this.#down = button({ label: say("list.down"), icon: "down", testid: "list-down" });
        this.#position = element("p", { class: "position", testid: "list-position", role: "status" });
        this.node = element("div", { class: "pager", hidden: true }, this.#up, this.#position, this.#down);
        this.#up.addEventListener("pressed", () => this.#turn(-1));
        this.#down.addEventListener("pressed", () => this.#turn(1));
        list.addEventListener("scroll", () => this.refresh(), { passive: true });
        new ResizeObserver(() => this.refresh()).observe(list);
    }

    /** The items in order with their top relative to the list's first line. */
    #items() {
        const origin = this.#list.firstElementChild?.offsetTop ?? 0;
        return [...this.#list.children].map((item) => ({ top: item.offsetTop - origin, height: item.offsetHeight }));
    }

    /** Moves on to the first line that is not wholly visible, or back by as much, so no line is skipped or cut. */
    #turn(direction) {
        const { scrollTop, clientHeight } = this.#list;
        const items = this.#items();
        const line = direction > 0
            ? items.find((item) => item.top + item.height > scrollTop + clientHeight + 1)
            : items.find((item) => item.top >= scrollTop - clientHeight - 1);
        if (line) this.#list.scrollTo({ top: line.top });
    }

    refresh() {
        const { scrollTop, scrollHeight, clientHeight } = this.#list;
        if (clientHeight === 0) return;
        const items = this.#items();
        const bottom = scrollTop + clientHeight;
        // Only what is wholly visible counts as shown.
        const first = items.findIndex((item) => item.top >= scrollTop - 1) + 1;
        const last = items.filter((item) => item.top + item.height <= bottom + 1).length;
        this.node.hidden = scrollHeight <= clientHeight + 1;
        this.#up.disabled = scrollTop <= 1;
        this.#down.disabled = bottom >= scrollHeight - 1;
        this.#position.textContent = this.#say("list.position", { first, last, count: items.length });
    }
}
