package io.logpipeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Requests that are valid HTTP, with bodies that are near to valid: the same for the same seed. */
final class FuzzedRequests {
    /** Whole bodies of every kind. */
    private static final List<String> CORPUS =
            List.of(
                    "{\"user_id\":\"123\",\"event\":\"clicked_button\",\"timestamp\":1712345678}",
                    "[]",
                    "[{\"user_id\":\"a\",\"event\":\"e\",\"timestamp\":0},"
                            + "{\"user_id\":\"b\",\"event\":\"f\",\"timestamp\":253402300799}]",
                    "{\"user_id\":\"a\",\"event\":\"e\",\"timestamp\":1}\n"
                            + "{\"user_id\":\"a\",\"event\":\"f\",\"timestamp\":2}\r\n\n"
                            + "{\"user_id\":\"c d\",\"event\":\"g\",\"timestamp\":86400}",
                    " \t\r\n{ \"timestamp\" : 1712345678 , \"event\" : \"\\u00e9\\n\\\"\\\\\\/\","
                            + " \"user_id\" : \"\u00e9\u4e2d\uD83D\uDE80\" } ",
                    "{\"user_id\":\"n\",\"event\":\"e\",\"timestamp\":1,\"big\":1e400,"
                            + "\"long\":12345678901234567890123,\"neg\":-0.0,\"n\":null,"
                            + "\"deep\":{\"a\":[[{\"b\":[true,false]}]]}}",
                    "{\"user_id\":\"../../etc/passwd\",\"event\":\"\\ud83d\\ude80\","
                            + "\"timestamp\":1712345678,\"half\":\"\\ud800\"}",
                    "{\"user_id\":\"{x}:*%\",\"event\":\"e\",\"timestamp\":1712345678}");

    /** Spliced in: what parsers trip over. */
    private static final List<String> TOKENS =
            List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "\"",
                    "\\",
                    "\\u",
                    "\\ud83d",
                    "\n",
                    "\r",
                    "\u0000",
                    "\uFEFF",
                    "NaN",
                    "Infinity",
                    "-",
                    "1e999999999",
                    "0x1",
                    "01",
                    "true",
                    "null",
                    "\"event\":\"again\",",
                    "\"user_id\":\"\",",
                    "\"timestamp\":1712345678000,",
                    "/*",
                    "\u2028");

    private static final List<String> TYPES =
            List.of(
                    "application/json",
                    "application/json",
                    "application/x-ndjson",
                    "application/ndjson; charset=utf-8",
                    "APPLICATION/JSONL",
                    "text/plain",
                    "application/json; charset=utf-16",
                    ";",
                    "");

    private static final List<String> ENCODINGS =
            List.of("gzip", "x-gzip", "GZIP", "identity", "deflate", "br", "gzip, gzip", "");

    /**
     * One POST.
     *
     * @param bytes all of it
     * @param retryable whether it has an idempotency key of its own
     */
    record Request(byte[] bytes, boolean retryable) {}

    private final SplittableRandom random;
    private final String name;
    private int count;

    /**
     * @param name tells these requests' idempotency keys from others'
     */
    FuzzedRequests(long seed, String name) {
        this.random = new SplittableRandom(seed);
        this.name = name;
    }

    Request next() {
        count++;
        byte[] body = body();
        StringBuilder head = new StringBuilder("POST /log HTTP/1.1\r\nHost: localhost\r\n");
        if (chance(8)) {
            head.append("Content-Type: ").append(oneOf(TYPES)).append("\r\n");
        } else if (chance(2)) {
            head.append("Content-Type: application/x-ndjson\r\n");
        }
        if (chance(4)) {
            head.append("Content-Encoding: gzip\r\n");
            body = gzip(body);
            body = chance(2) ? body : mutated(body);
        } else if (chance(10)) {
            head.append("Content-Encoding: ").append(oneOf(ENCODINGS)).append("\r\n");
        }
        boolean retryable = chance(4);
        if (retryable) {
            head.append("Idempotency-Key: ").append(name).append(count).append("\r\n");
        } else if (chance(10)) {
            head.append("Idempotency-Key: ").append("k".repeat(random.nextInt(200))).append("\t");
            head.append("\u00e9\r\n");
        }
        return new Request(framed(head, body), retryable);
    }

    private byte[] framed(StringBuilder head, byte[] body) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        if (!chance(4)) {
            head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
            request.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
            request.writeBytes(body);
            return request.toByteArray();
        }
        head.append("Transfer-Encoding: chunked\r\n\r\n");
        request.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        for (int sent = 0; sent < body.length; ) {
            int chunk = 1 + random.nextInt(Math.min(body.length - sent, 500));
            request.writeBytes(
                    (Integer.toHexString(chunk) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            request.write(body, sent, chunk);
            request.writeBytes(new byte[] {'\r', '\n'});
            sent += chunk;
        }
        request.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return request.toByteArray();
    }

    private byte[] body() {
        byte[] body = oneOf(CORPUS).getBytes(StandardCharsets.UTF_8);
        if (chance(10)) {
            body = nested(body);
        }
        for (int mutations = random.nextInt(4); mutations > 0; mutations--) {
            body = mutated(body);
        }
        return body;
    }

    private byte[] nested(byte[] body) {
        int depth = 1 + random.nextInt(40);
        String open = chance(2) ? "[" : "{\"user_id\":\"a\",\"event\":\"e\",\"timestamp\":1,\"x\":";
        String close = open.equals("[") ? "]" : "}";
        return joined(
                open.repeat(depth).getBytes(StandardCharsets.UTF_8),
                body,
                close.repeat(depth).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] mutated(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int to = at + random.nextInt(bytes.length - at + 1);
        byte[] before = Arrays.copyOf(bytes, at);
        byte[] middle = Arrays.copyOfRange(bytes, at, to);
        byte[] after = Arrays.copyOfRange(bytes, to, bytes.length);
        return switch (random.nextInt(7)) {
            case 0 -> before;
            case 1 -> joined(before, after);
            case 2 -> joined(before, middle, middle, after);
            case 3 -> joined(before, oneOf(TOKENS).getBytes(StandardCharsets.UTF_8), middle, after);
            case 4 -> joined(before, oneOf(CORPUS).getBytes(StandardCharsets.UTF_8), after);
            case 5 -> repeated(bytes);
            default -> flipped(bytes);
        };
    }

    /** Often over the limit of a body, now and then over that of a batch. */
    private byte[] repeated(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] separator = chance(2) ? new byte[] {'\n'} : new byte[0];
        for (int times = 1 << random.nextInt(10); times > 0; times--) {
            out.writeBytes(bytes);
            out.writeBytes(separator);
            if (out.size() > 200_000) {
                break;
            }
        }
        return out.toByteArray();
    }

    private byte[] flipped(byte[] bytes) {
        byte[] flipped = bytes.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0 && flipped.length > 0; flips--) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private String oneOf(List<String> all) {
        return all.get(random.nextInt(all.size()));
    }
}
