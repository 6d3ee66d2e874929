// All words of the page, in every language it speaks; they live in `strings/LANGUAGE.json`.

/** The languages of the page, the first one being the kiosk's own. */
export const languages = ["id", "en"];

/** The words of all languages, loaded once. */
export class Words {
    #tables;

    constructor(tables) {
        this.#tables = tables;
    }

    static async load() {
        const tables = {};
        for (const language of languages) {
            const response = await fetch(`strings/${language}.json`);
            if (!response.ok) throw new Error(`strings/${language}.json: HTTP ${response.status}`);
            tables[language] = await response.json();
        }
        return new Words(tables);
    }

    /** A function from key (and values for its `{names}`) to words in `language`. */
    speaker(language) {
        const table = this.#tables[language];
        if (!table) throw new Error(`no strings for language "${language}"; add strings/${language}.json and name it in words.js`);
        return (key, values = {}) => {
            const words = table[key];
            if (words === undefined) {
                // Tests fail on console errors and on this mark, so no citizen gets to see it.
                console.error(`strings/${language}.json has no "${key}"`);
                return `⟦${key}⟧`;
            }
            return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
        };
    }
}
