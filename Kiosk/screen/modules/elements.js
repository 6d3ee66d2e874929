// Building the page: nodes only, never markup, so data can't become anything but text.

/**
 * An element. Properties: `class`, `text`, `testid`, `touch` (what touching it says to the kiosk)
 * with `value`; anything else is an attribute, left out when it is null or false.
 */
export function element(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (value === null || value === undefined || value === false) continue;
        switch (name) {
        case "text": node.textContent = value; break;
        case "testid": node.dataset.testid = value; break;
        case "touch": node.dataset.touch = value; break;
        case "value": node.dataset.value = value; break;
        default: node.setAttribute(name, value === true ? "" : value);
        }
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
}

/** A picture from `icons/NAME.svg` in the colour of the text around it; it says nothing to a screen reader. */
export function icon(name) {
    return element("span", { class: `icon icon-${name}`, "aria-hidden": "true" });
}

/** A big button with an optional icon before its label. */
export function button({ label, icon: picture, ...properties }) {
    return element(
        "button", { type: "button", ...properties },
        picture ? icon(picture) : null, element("span", { class: "label", text: label }));
}

/** The question or message of a screen; it takes the focus when the screen appears, so that it is read out. */
export function heading(text, lang = null) {
    return element("h1", { text, tabindex: "-1", lang });
}

/** A name that the site gave in Indonesian, whatever language the page speaks. */
export function name(tag, text, style) {
    return element(tag, { class: style, text, lang: "id" });
}
