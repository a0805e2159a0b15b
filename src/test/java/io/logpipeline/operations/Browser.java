package io.logpipeline.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logpipeline.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A headless Chromium with one tab, led over its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ANSWER_SECONDS_MAX = 120;

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();
    private String session = "";

    private Browser(Process process, String address) {
        this.process = process;
        this.socket =
                client.newWebSocketBuilder().buildAsync(URI.create(address), new Ear()).join();
    }

    /**
     * @param directory for its profile
     */
    static Browser start(Path directory) {
        try {
            Path profile = Files.createTempDirectory(directory, "profile-");
            Process process =
                    new ProcessBuilder(
                                    Tools.program("chromium").toString(),
                                    "--headless",
                                    "--remote-debugging-port=0",
                                    "--user-data-dir=" + profile,
                                    // Not for root, nor in a container: and it sees our page only.
                                    "--no-sandbox",
                                    "--disable-gpu",
                                    "--disable-dev-shm-usage",
                                    "--disable-background-networking",
                                    "--disable-component-update",
                                    "--disable-sync",
                                    "--no-first-run",
                                    "about:blank")
                            .redirectErrorStream(true)
                            .redirectOutput(profile.resolve("output").toFile())
                            .start();
            Path told = profile.resolve("DevToolsActivePort");
            Await.until(
                    "chromium says its port",
                    () -> Files.exists(told) && Files.readAllLines(told).size() == 2);
            List<String> lines = Files.readAllLines(told);
            Browser browser = new Browser(process, "ws://127.0.0.1:" + lines.get(0) + lines.get(1));
            browser.openTab();
            return browser;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void openTab() {
        String target =
                call("Target.createTarget", parameters().put("url", "about:blank"))
                        .get("targetId")
                        .asText();
        session =
                call(
                                "Target.attachToTarget",
                                parameters().put("targetId", target).put("flatten", true))
                        .get("sessionId")
                        .asText();
        for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
            call(domain + ".enable", parameters());
        }
    }

    static ObjectNode parameters() {
        return JSON.createObjectNode();
    }

    /** Calls a method of the protocol and waits for what it answers. */
    JsonNode call(String method, ObjectNode parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", parameters);
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        socket.sendText(message.toString(), true).join();
        JsonNode told = answer.orTimeout(ANSWER_SECONDS_MAX, TimeUnit.SECONDS).join();
        if (told.has("error")) {
            throw new AssertionError(method + ": " + told.get("error"));
        }
        return told.get("result");
    }

    /** How the page is looked at from now on. */
    void look(int width, int height, String colorScheme, boolean touch) {
        call(
                "Emulation.setDeviceMetricsOverride",
                parameters()
                        .put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", touch ? 2 : 1)
                        .put("mobile", touch));
        ObjectNode media = parameters();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", colorScheme);
        call("Emulation.setEmulatedMedia", media);
    }

    void open(String url) {
        call("Page.navigate", parameters().put("url", url));
        Await.until(
                "it is loaded", () -> evaluate("document.readyState").asText().equals("complete"));
    }

    /** The value of an expression in the page. */
    JsonNode evaluate(String expression) {
        JsonNode answer =
                call(
                        "Runtime.evaluate",
                        parameters()
                                .put("expression", expression)
                                .put("returnByValue", true)
                                .put("awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        JsonNode value = answer.get("result").get("value");
        return value == null ? JSON.nullNode() : value;
    }

    /** The values of an expression that has several. */
    List<String> texts(String expression) {
        List<String> texts = new ArrayList<>();
        for (JsonNode each : evaluate(expression)) {
            texts.add(each.asText());
        }
        return texts;
    }

    /** What an element shows; the first one that matches. */
    String text(String selector) {
        return evaluate("document.querySelector('" + selector + "').innerText").asText();
    }

    /** Keys that tests press, and what the protocol calls them. */
    enum Key {
        TAB("Tab", "Tab", 9),
        SPACE(" ", "Space", 32),
        LEFT("ArrowLeft", "ArrowLeft", 37);

        private final String key;
        private final String code;
        private final int number;

        Key(String key, String code, int number) {
            this.key = key;
            this.code = code;
            this.number = number;
        }
    }

    /** A key, pressed and let go. */
    void press(Key key) {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    parameters()
                            .put("type", type)
                            .put("key", key.key)
                            .put("code", key.code)
                            .put("windowsVirtualKeyCode", key.number));
        }
    }

    /** Everything that the page asked for. */
    List<String> requests() {
        return events.stream()
                .filter(event -> event.get("method").asText().equals("Network.requestWillBeSent"))
                .map(event -> event.at("/params/request/url").asText())
                .toList();
    }

    /** What it complained of: on the console, about scripts, about what may not be loaded. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        for (JsonNode event : events) {
            JsonNode told = event.get("params");
            switch (event.get("method").asText()) {
                case "Runtime.exceptionThrown" ->
                        complaints.add(told.at("/exceptionDetails").toString());
                case "Runtime.consoleAPICalled" -> complaints.add(told.get("args").toString());
                case "Log.entryAdded" -> complaints.add(told.get("entry").toString());
                default -> {}
            }
        }
        return complaints;
    }

    /** What was asked for and complained of so far is none of what follows. */
    void forget() {
        events.clear();
    }

    /** The whole page as a picture, however long it is. */
    void picture(Path png) {
        JsonNode size = call("Page.getLayoutMetrics", parameters()).get("cssContentSize");
        ObjectNode whole = parameters().put("format", "png").put("captureBeyondViewport", true);
        ObjectNode clip = whole.putObject("clip").put("x", 0).put("y", 0).put("scale", 1);
        clip.set("width", size.get("width"));
        clip.set("height", size.get("height"));
        JsonNode answer = call("Page.captureScreenshot", whole);
        try {
            Files.write(png, Base64.getDecoder().decode(answer.get("data").asText()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private final class Ear implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                hear(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        private void hear(String message) {
            try {
                JsonNode told = JSON.readTree(message);
                if (told.has("id")) {
                    answers.remove(told.get("id").asInt()).complete(told);
                } else {
                    events.add(told);
                }
            } catch (IOException noJson) {
                throw new UncheckedIOException(noJson);
            }
        }
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
