package io.logpipeline.api;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a POST /log, read.
 *
 * @param lines whether the content type says one object a line; any other means JSON
 * @param contentLength in bytes, or -1
 * @param idempotencyKey null when there is none, or an invalid one
 */
record RequestHeaders(
        boolean lines,
        Encoding encoding,
        long contentLength,
        @Nullable String idempotencyKey,
        boolean idempotencyKeyValid) {

    enum Encoding {
        IDENTITY,
        GZIP,
        UNSUPPORTED
    }

    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    private static final int IDEMPOTENCY_KEY_CHARACTERS_MAX = 128;

    static RequestHeaders of(ServerRequest request) {
        ServerRequestHeaders headers = request.headers();
        List<String> keys = all(headers, IDEMPOTENCY_KEY);
        boolean valid = keys.isEmpty() || keys.size() == 1 && isKey(keys.getFirst());
        return new RequestHeaders(
                isLines(headers.first(HeaderNames.CONTENT_TYPE).orElse("")),
                encoding(String.join(",", all(headers, HeaderNames.CONTENT_ENCODING))),
                headers.contentLength().orElse(-1),
                valid && !keys.isEmpty() ? keys.getFirst() : null,
                valid);
    }

    private static List<String> all(ServerRequestHeaders headers, HeaderName name) {
        return headers.contains(name) ? headers.all(name, List::of) : List.of();
    }

    private static boolean isLines(String contentType) {
        int parameters = contentType.indexOf(';');
        String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return switch (type.strip().toLowerCase(Locale.ROOT)) {
            case "application/x-ndjson", "application/ndjson", "application/jsonl" -> true;
            default -> false;
        };
    }

    private static Encoding encoding(String contentEncoding) {
        return switch (contentEncoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> Encoding.IDENTITY;
            case "gzip", "x-gzip" -> Encoding.GZIP;
            default -> Encoding.UNSUPPORTED;
        };
    }

    private static boolean isKey(String key) {
        return !key.isEmpty()
                && key.length() <= IDEMPOTENCY_KEY_CHARACTERS_MAX
                && key.chars().allMatch(c -> c >= 0x20 && c <= 0x7E);
    }
}
