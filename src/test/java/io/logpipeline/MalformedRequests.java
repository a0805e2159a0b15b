package io.logpipeline;

import java.util.LinkedHashMap;
import java.util.Map;

/** Requests that are not quite HTTP, each by its name, and the parts that they are made of. */
final class MalformedRequests {
    static final String EVENT = "{\"user_id\":\"raw\",\"event\":\"e\",\"timestamp\":1712345678}";
    static final String HOST = " HTTP/1.1\r\nHost: a\r\n";
    static final String POST = "POST /log" + HOST;

    private MalformedRequests() {}

    /** Nothing of them may be taken for a whole request. */
    static Map<String, String> attacks() {
        Map<String, String> attacks = new LinkedHashMap<>();
        attacks.put("nothing but line breaks", "\r\n\r\n\r\n");
        attacks.put("nul bytes", "\0".repeat(5_000));
        attacks.put("a nul in the path", "POST /log\0" + HOST + sized(EVENT));
        attacks.put("a nul in a header", POST + "X: a\0b\r\n" + sized(EVENT));
        attacks.put("tls", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n");
        attacks.put("http/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        attacks.put("http/1.0", "POST /log HTTP/1.0\r\n" + sized(EVENT));
        attacks.put("http/0.9", "GET /log\r\n");
        attacks.put("http/9", "POST /log HTTP/9.9\r\nHost: a\r\n" + sized(EVENT));
        attacks.put("no method", " /log" + HOST + sized(EVENT));
        attacks.put("a method that is no token", "P@ST /log" + HOST + sized(EVENT));
        attacks.put("a method of one byte", "\u00e9 /log" + HOST + sized(EVENT));
        attacks.put("no path", "POST HTTP/1.1\r\nHost: a\r\n" + sized(EVENT));
        attacks.put("two spaces", "POST  /log" + HOST + sized(EVENT));
        attacks.put("a long path", "POST /" + "x".repeat(1 << 20) + HOST + sized(EVENT));
        attacks.put("a long method", "P".repeat(1 << 20) + " /log" + HOST + sized(EVENT));
        attacks.put("bare line feeds", "POST /log HTTP/1.1\nHost: a\nContent-Length: 0\n\n");
        attacks.put("bare carriage returns", "POST /log HTTP/1.1\rHost: a\r\r");
        attacks.put("no host", "POST /log HTTP/1.1\r\n" + sized(EVENT));
        attacks.put("two hosts", POST + "Host: b\r\n" + sized(EVENT));
        attacks.put("a header without a colon", POST + "nonsense\r\n" + sized(EVENT));
        attacks.put("a folded header", POST + "X: a\r\n b\r\n" + sized(EVENT));
        attacks.put("a space before the colon", POST + "Content-Length : 3\r\n\r\n{}x");
        attacks.put("a huge header", POST + "X: " + "y".repeat(1 << 20) + "\r\n" + sized(EVENT));
        attacks.put("10,000 headers", POST + manyHeaders(10_000) + sized(EVENT));
        attacks.put("length and chunks", POST + "Transfer-Encoding: chunked\r\n" + sized(EVENT));
        attacks.put("a negative length", POST + "Content-Length: -5\r\n\r\n" + EVENT);
        attacks.put("a length with a sign", POST + "Content-Length: +5\r\n\r\n" + EVENT);
        attacks.put("a hexadecimal length", POST + "Content-Length: 0x10\r\n\r\n" + EVENT);
        attacks.put("an empty length", POST + "Content-Length: \r\n\r\n" + EVENT);
        attacks.put("a length over 64 bits", POST + "Content-Length: 99999999999999999999\r\n\r\n");
        attacks.put("two lengths", POST + "Content-Length: 4\r\n" + sized(EVENT));
        attacks.put("a list of lengths", POST + "Content-Length: 4, 57\r\n\r\n" + EVENT);
        attacks.put("an unknown coding", POST + "Transfer-Encoding: gzip\r\n\r\n" + EVENT);
        attacks.put("chunked is not last", POST + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n");
        attacks.put("chunked twice", chunked("x").replace("chunked", "chunked, chunked"));
        attacks.put("a chunk size that is none", chunked("zz\r\n{}\r\n0\r\n\r\n"));
        attacks.put("a negative chunk size", chunked("-1\r\n{}\r\n0\r\n\r\n"));
        attacks.put("an empty chunk size", chunked("\r\n{}\r\n0\r\n\r\n"));
        attacks.put("a chunk size over 32 bits", chunked("100000000\r\n{}\r\n0\r\n\r\n"));
        attacks.put("a chunk size over 64 bits", chunked("f".repeat(40) + "\r\n{}\r\n0\r\n\r\n"));
        attacks.put("a chunk size that does not end", chunked("0".repeat(100_000)));
        attacks.put("a chunk longer than it says", chunked("2\r\n{}{}\r\n0\r\n\r\n"));
        attacks.put("a chunk size with a sign", chunked(chunkOf("+", EVENT)));
        attacks.put("a chunk without its line break", chunked(chunkOf("", EVENT + "X")));
        attacks.put("endless extensions", chunked(chunkOf(";" + "x".repeat(1 << 20), EVENT)));
        attacks.put("a last chunk that is missing", chunked("2\r\n{}\r\n"));
        attacks.put("trailers", chunked("2\r\n{}\r\n0\r\nX: y\r\n\r\n"));
        attacks.put("less body than said", POST + "Content-Length: 100\r\n\r\n" + EVENT);
        attacks.put("no body", POST + "Content-Length: 100\r\n\r\n");
        attacks.put("half a head", POST + "Content-Le");
        attacks.put("half a first line", "POST /lo");
        attacks.put("an expectation unknown", POST + "Expect: gold\r\nContent-Length: 9\r\n\r\n");
        attacks.put("a continue that is not used", expecting(100));
        attacks.put(
                "an upgrade to http/2",
                "GET /log"
                        + HOST
                        + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");
        attacks.put("an upgrade to a web socket", "GET /log" + HOST + "Upgrade: websocket\r\n\r\n");
        attacks.put("connect", "CONNECT a:443" + HOST + "\r\n");
        attacks.put("an absolute path", "GET http://a/log" + HOST + "\r\n");
        attacks.put("an asterisk", "OPTIONS *" + HOST + "\r\n");
        attacks.put("a path out of the root", "GET /../../etc/passwd" + HOST + "\r\n");
        attacks.put("a bad percent", "GET /%zz%" + HOST + "\r\n");
        return attacks;
    }

    static String sized(String body) {
        return "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    static String chunked(String chunks) {
        return POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks;
    }

    private static String chunkOf(String before, String data) {
        String size = Integer.toHexString(EVENT.length());
        return before + size + "\r\n" + data + "\r\n0\r\n\r\n";
    }

    static String expecting(int length) {
        return POST + "Expect: 100-continue\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String manyHeaders(int count) {
        StringBuilder headers = new StringBuilder();
        for (int i = 0; i < count; i++) {
            headers.append("X-").append(i).append(": y\r\n");
        }
        return headers.toString();
    }
}
