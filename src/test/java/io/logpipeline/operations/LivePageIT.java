package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.SwitchedMain;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.FreePort;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The live page of a real process under load, in a real browser: what a person sees, by light and
 * dark, on a desk and on a phone, by keyboard; and while a disk fills, Redis goes away and the
 * process ends.
 *
 * <p>Leaves {@code target/page-*.png}.
 */
@EnabledIfSystemProperty(
        named = Tools.PROPERTY,
        matches = ".+",
        disabledReason = "needs chromium: .ci/run brings it, and fails without")
class LivePageIT {
    private record Look(String name, int width, String scheme, boolean touch) {}

    /** As many as the page has places. */
    private static final int WATCHERS_MAX = 32;

    private static final List<Look> LOOKS =
            List.of(
                    new Look("light", 1280, "light", false),
                    new Look("dark", 1280, "dark", false),
                    new Look("phone-light", 360, "light", true),
                    new Look("phone-dark", 360, "dark", true));

    @TempDir private Path directory;

    private int port;
    private RedisProcess redis;
    private PipelineProcess process;
    private PipelineProcess drainer;
    private Load load;
    private Browser browser;

    @BeforeEach
    void start() throws IOException {
        port = FreePort.next();
        redis = RedisProcess.start("--appendonly", "yes");
        process = process("all").with("SERVER_PORT", Integer.toString(port)).startReady();
        drainer = process("drainer").startReady();
        load = new Load(port, "a");
        browser = Browser.start(directory);
    }

    @AfterEach
    void stop() {
        browser.close();
        load.close();
        drainer.close();
        process.close();
        redis.close();
    }

    private PipelineProcess.Builder process(String role) {
        return PipelineProcess.of(directory, role)
                .redis(redis.url())
                .mainClass(SwitchedMain.class)
                // A slow machine is not what fails here.
                .with("REDIS_TIMEOUT_MS", "10000")
                .with("DRAINER_LEASE_SECONDS", "3");
    }

    private void open(Look look) {
        browser.look(look.width(), 900, look.scheme(), look.touch());
        browser.open("http://127.0.0.1:" + port + "/");
        awaitText("#stream-text", "Live");
    }

    private void awaitText(String selector, String pattern) {
        Await.untilAsserted(
                selector, () -> assertThat(browser.text(selector)).containsPattern(pattern));
    }

    private int count(String selector) {
        return browser.evaluate("document.querySelectorAll('" + selector + "').length").asInt();
    }

    private void picture(String state, Look look) {
        browser.picture(Path.of("target/page-" + state + "-" + look.name() + ".png"));
    }

    @Test
    void everyLookShowsRealFiguresLegiblyAndNothingBesideThePage() {
        for (Look look : LOOKS) {
            open(look);
            awaitText("#verdict-title", "^(Healthy|Needs a look)$");
            awaitText("#lag", "^\\d+\\.\\d\\s*s$");
            awaitText("#pending", "^[1-9]\\d*\\s*lists?$");
            awaitText("#accepted", "^[1-9][\\d,.]*\\s*events/s$");
            awaitText("#drained", "^[1-9][\\d,.]*\\s*events/s$");
            Await.until("both drainers are there", () -> count("#replicas tr") == 2);
            assertThat(browser.text("#replicas")).containsOnlyOnce("this process");
            awaitText("#replicas", "\\d+ lists?\\s+\\d s ago\\s+(at work|ready)");
            awaitText("#replicas-note", "^\\d+ lists? waits? for a drainer.* sweeps\\.$");
            awaitText("#fact-dir", "GB free|TB free");
            for (String line : List.of("accepted", "drained", "lag")) {
                Await.until(
                        line + " moves",
                        () ->
                                browser.texts(
                                                        "[document.querySelector('.plot path."
                                                                + line
                                                                + "')"
                                                                + ".getAttribute('d')]")
                                                .getFirst()
                                                .split("L")
                                                .length
                                        > 3);
            }
            awaitText("#summary", "accepted [1-9].*drained [1-9].*lag at most \\d");
            picture("healthy", look);
            browser.evaluate("document.getElementById('table-details').open = true");
            Await.until("the table is there", () -> count("#table tr") > 0);
            Legibility.assertGiven(browser, look.name());
            assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .hasToString("true");
        }
        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.requests())
                .isNotEmpty()
                .allMatch(url -> url.startsWith("http://127.0.0.1:" + port + "/"));
    }

    @Test
    void aKeyboardReachesAndWorksEveryControlInTheirOrder() {
        open(LOOKS.getFirst());
        Await.until("there is something to look at", () -> count(".plot path.lag") > 0);
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            browser.press(Browser.Key.TAB);
            reached.add(
                    browser.texts("[document.activeElement.id || document.activeElement.innerText]")
                            .getFirst());
            assertThat(browser.texts("[getComputedStyle(document.activeElement).outlineStyle]"))
                    .as(reached.getLast())
                    .doesNotContain("none");
        }
        assertThat(reached)
                .containsExactly("pause", "cursor", "The same as a table", "Metrics", "Health");
        assertThat(count("a, button:not([hidden]), input, summary, [tabindex]"))
                .isEqualTo(reached.size());

        browser.evaluate("document.getElementById('pause').focus()");
        browser.press(Browser.Key.SPACE);
        awaitText("#stream-text", "^Paused$");
        assertThat(browser.text("#pause")).isEqualTo("Go on");
        browser.press(Browser.Key.SPACE);
        awaitText("#stream-text", "^Live$");

        browser.press(Browser.Key.TAB);
        browser.press(Browser.Key.LEFT);
        browser.press(Browser.Key.LEFT);
        assertThat(browser.evaluate("document.getElementById('cursor').value").asText())
                .isEqualTo("-2");
        awaitText(
                "#readout",
                "^\\d\\d:\\d\\d:\\d\\d: accepted [\\d,.]+/s, drained .* lag .* pending$");
        assertThat(count(".plot .at")).isEqualTo(2);

        browser.press(Browser.Key.TAB);
        browser.press(Browser.Key.SPACE);
        Await.until("the table is there", () -> count("#table tr") > 0);
        assertThat(browser.text("#table")).containsPattern("\\d\\d:\\d\\d:\\d\\d\\s+[\\d,.]+");
        assertThat(browser.complaints()).isEmpty();
    }

    /** Opens the page when as many watch it as may. */
    private void waitForAPlace() throws IOException {
        List<Socket> others = new ArrayList<>();
        try {
            for (int i = 0; i < WATCHERS_MAX; i++) {
                Socket other = new Socket("127.0.0.1", port);
                others.add(other);
                other.getOutputStream()
                        .write(
                                "GET /live HTTP/1.1\r\nHost: a\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(other.getInputStream().readNBytes(12)))
                        .isEqualTo("HTTP/1.1 200");
            }
            browser.look(1280, 900, "light", false);
            browser.open("http://127.0.0.1:" + port + "/");
            awaitText("#stream-text", "^Too many watch already, retrying…$");
            assertThat(browser.text("#verdict-title")).isEqualTo("Waiting");
            assertThat(browser.complaints()).isNotEmpty().allMatch(each -> each.contains("503"));
        } finally {
            for (Socket other : others) {
                other.close();
            }
        }
        awaitText("#stream-text", "^Live$");
    }

    @Test
    void whatIsWrongIsSaidFirstAndALostStreamComesBack() throws Exception {
        waitForAPlace();
        browser.forget();
        Path full = Files.createFile(directory.resolve(SwitchedMain.DISK_IS_FULL));
        awaitText("#verdict-title", "^Failing$");
        awaitText("#verdict-reasons", "The log directory can.t be used");
        awaitText("#failures", "The disk of the log directory is full\\s+Drain · disk_full");
        awaitText("#failures", "[\\d,]+×\\s+\\d+ s ago");
        awaitText("#fact-dir", "unusable");
        assertThat(browser.evaluate("document.title").asText())
                .isEqualTo("✕ Failing · Log Pipeline");
        assertThat(browser.evaluate("document.body.innerText").asText())
                .doesNotContain("user_", directory.toString(), "No space left");
        for (Look look : LOOKS) {
            open(look);
            awaitText("#failures", "disk_full");
            awaitText("#replicas", "\\d+ lists?");
            picture("failing", look);
            Legibility.assertGiven(browser, look.name());
        }
        assertThat(browser.complaints()).isEmpty();

        Files.delete(full);
        redis.kill();
        awaitText("#verdict-reasons", "Redis does not answer");
        awaitText("#lag", "Redis is away");
        awaitText("#failures", "Redis · redis_down");
        awaitText("#failures", "Ingest · store_failed");
        picture("without-redis", LOOKS.getLast());
        redis.restart();
        awaitText("#fact-redis", "^answers$");

        process.kill();
        awaitText(
                "#stream-text", "^Stream lost, retrying… Last figures at \\d\\d:\\d\\d:\\d\\d\\.$");
        picture("lost", LOOKS.getLast());
        process = process("all").with("SERVER_PORT", Integer.toString(port)).startReady();
        awaitText("#stream-text", "^Live$");
        awaitText("#accepted", "^[1-9]");
    }
}
