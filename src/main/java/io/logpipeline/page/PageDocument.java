package io.logpipeline.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page as it is sent: markup, style and script in one, so that it needs nothing from anywhere.
 *
 * @param html in UTF-8
 * @param policy its Content-Security-Policy: this style and this script, by their hashes, and the
 *     stream it came with; nothing else is loaded, run or sent
 */
record PageDocument(byte[] html, String policy) {
    private static final String STYLE = "{{style}}";
    private static final String SCRIPT = "{{script}}";

    static PageDocument assemble() {
        String style = resource("page.css");
        String script = resource("page.js");
        String html = resource("page.html").replace(STYLE, style).replace(SCRIPT, script);
        String policy =
                String.join(
                        "; ",
                        "default-src 'none'",
                        "style-src '" + hash(style) + "'",
                        "script-src '" + hash(script) + "'",
                        "connect-src 'self'",
                        "img-src data:",
                        "base-uri 'none'",
                        "form-action 'none'",
                        "frame-ancestors 'none'",
                        "require-trusted-types-for 'script'",
                        "trusted-types 'none'");
        return new PageDocument(html.getBytes(StandardCharsets.UTF_8), policy);
    }

    private static String resource(String name) {
        try (InputStream in = PageDocument.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
