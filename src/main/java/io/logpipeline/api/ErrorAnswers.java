package io.logpipeline.api;

import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;

/** The one shape of every error answer: {@code {"error":"…","details":"…"}}. */
public final class ErrorAnswers {
    private static final String METHOD_HEAD = "HEAD";
    private static final Header SOON = HeaderValues.create(HeaderNames.RETRY_AFTER, "1");

    /** Told of each error that a listener answers by itself. */
    interface Told {
        void of(Status status, String path);
    }

    private ErrorAnswers() {}

    /**
     * Gives the shape to every error that a listener answers by itself: what is not HTTP, what has
     * no route, and exceptions nobody caught, which the server logs and which show nothing of
     * themselves to the client.
     */
    public static void register(ListenerConfig.BuilderBase<?, ?> listener) {
        register(listener, (status, path) -> {});
    }

    /** The same, for one who counts them. */
    static void register(ListenerConfig.BuilderBase<?, ?> listener, Told told) {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(
                    type,
                    (request, eventType, status, headers, message) -> {
                        told.of(status, request.path());
                        byte[] body = body(errorOf(status), detailsOf(status));
                        var answer =
                                DirectHandler.TransportResponse.builder()
                                        .status(status)
                                        .headers(headers)
                                        .header(HeaderValues.CONTENT_TYPE_JSON)
                                        .keepAlive(eventType.keepAlive());
                        if (request.method().equals(METHOD_HEAD)) {
                            answer.header(HeaderNames.CONTENT_LENGTH, String.valueOf(body.length));
                        } else {
                            answer.entity(body);
                        }
                        if (status.code() == Status.SERVICE_UNAVAILABLE_503.code()) {
                            answer.header(SOON);
                        }
                        return answer.build();
                    });
        }
        listener.directHandlers(handlers.build());
    }

    /**
     * Sends an error. The connection is closed, and the answer says so, when the client still waits
     * for leave to send its body: nobody can tell whether that body will come; and when chunks of
     * unknown number are still to be read: there may be more of them than are drained.
     */
    public static void send(
            ServerRequest request,
            ServerResponse response,
            Status status,
            String error,
            String details) {
        boolean bodyUncertain =
                request.headers().containsToken(HeaderValues.EXPECT_100) && !request.continueSent();
        byte[] body = body(error, details);
        response.status(status).header(HeaderValues.CONTENT_TYPE_JSON);
        boolean endUnknown =
                request.headers().contains(HeaderNames.TRANSFER_ENCODING)
                        && !request.content().consumed();
        if (bodyUncertain || endUnknown) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        if (request.prologue().method().text().equals(METHOD_HEAD)) {
            response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(body.length));
            response.send();
        } else {
            response.send(body);
        }
        if (bodyUncertain) {
            throw new CloseConnectionException("refused before its body was asked for");
        }
    }

    /**
     * Takes in, within the listener's limit, what is left of a body after its answer: a connection
     * closed with unread data is reset, and the answer could be lost.
     */
    static void drain(ServerRequest request) {
        try {
            request.content().consume();
        } catch (RuntimeException e) {
            throw new CloseConnectionException("the rest of the body is not readable", e);
        }
    }

    /** Escapes whatever is not printable ASCII, so the answer is the same in every encoding. */
    static byte[] body(String error, String details) {
        StringBuilder json = new StringBuilder(64 + error.length() + details.length());
        json.append("{\"error\":");
        appendString(json, error);
        json.append(",\"details\":");
        appendString(json, details);
        json.append('}');
        return json.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void appendString(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c >= 0x20 && c <= 0x7E) {
                json.append(c);
            } else {
                json.append(String.format("\\u%04x", (int) c));
            }
        }
        json.append('"');
    }

    private static String errorOf(Status status) {
        return switch (status.code()) {
            case 400 -> "Bad request";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 413 -> "Payload too large";
            case 500 -> "Internal server error";
            case 503 -> "Overloaded";
            default -> status.reasonPhrase();
        };
    }

    /** Fixed texts: the server's own messages can hold parts of the request, or of an exception. */
    private static String detailsOf(Status status) {
        return switch (status.code()) {
            case 400 -> "the request is not valid HTTP/1.1";
            case 404 -> "nothing is served at this path";
            case 405 -> "this path does not take this method";
            case 413 -> "the request is larger than this server accepts";
            case 500 -> "the server's log has the cause";
            case 503 -> "too many requests at once";
            default -> "the server does not accept this request";
        };
    }
}
