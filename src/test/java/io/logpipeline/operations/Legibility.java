package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

/** That all that a page shows can be read: nothing is too faint, and nothing is cut off. */
final class Legibility {
    /** Everything whose text is harder to read than WCAG 2.2, 1.4.3 (AA) allows. */
    private static final String TOO_FAINT =
            """
            (() => {
              const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
              const light = ([r, g, b]) => [r, g, b]
                .map((c) => c / 255)
                .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
              const ground = (at) => {
                for (; at; at = at.parentElement) {
                  const color = rgb(getComputedStyle(at).backgroundColor);
                  if (color.length < 4 || color[3] > 0) return color;
                }
                return [255, 255, 255];
              };
              const texts = [...document.body.querySelectorAll('*')].filter((at) =>
                !at.closest('svg, script, style, noscript, .unseen') && at.checkVisibility()
                && [...at.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
              return texts.map((at) => {
                const [one, other] = [light(rgb(getComputedStyle(at).color)), light(ground(at))];
                const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
                return [contrast, at.outerHTML.slice(0, 80)];
              }).filter(([contrast]) => contrast < 4.5).map(String);
            })()
            """;

    /** Everything that reaches beyond the right edge, of the page or of its panel. */
    private static final String TOO_WIDE =
            """
            [...document.querySelectorAll('body *')]
              .filter((at) => !at.closest('.shapes, .unseen') && at.checkVisibility())
              .filter((at) => {
                const panel = at.parentElement.closest('.panel');
                const edge = panel
                  ? panel.getBoundingClientRect().right - parseFloat(getComputedStyle(panel).paddingRight)
                  : innerWidth;
                return at.getBoundingClientRect().right > edge + 0.5;
              })
              .map((at) => at.outerHTML.slice(0, 80))
            """;

    private Legibility() {}

    /**
     * Of the page as the browser shows it now.
     *
     * @param look its name, for a report
     */
    static void assertGiven(Browser browser, String look) {
        assertThat(browser.texts(TOO_FAINT)).as(look).isEmpty();
        assertThat(browser.texts(TOO_WIDE)).as(look).isEmpty();
    }
}
