// A plugin of TypeDoc: pages of docs/ are called by their headings and stand in groups.

import { Converter } from "typedoc";

/** Group of the pages in a folder of docs/, in the order in which they are shown. */
export const groups = {
  "tutorial.md": "Tutorial",
  "how-to/": "How to",
  "training.md": "Reference",
  "taps.md": "Reference",
  "reference/": "Reference",
  "losses/": "Losses",
  "": "Explanation",
};

export function groupOf(file) {
  return Object.entries(groups).find(([start]) => file.startsWith(start))[1];
}

/** @param app TypeDoc's application */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    const [first] = document.content;
    const heading = /^(?:<!--.*?-->\s*)?# (.+)\n/.exec(first?.text ?? "");
    if (!heading) {
      app.logger.error(`docs/${document.name}.md does not begin with a heading`);
      return;
    }
    document.frontmatter.group = groupOf(`${document.name}.md`);
    document.name = heading[1];
  });
}
