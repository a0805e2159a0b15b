package io.logpipeline.api;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.logpipeline.telemetry.IngestTelemetry;
import io.logpipeline.telemetry.RequestOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Answers one POST /log, and counts how. */
record Answer(ServerRequest request, ServerResponse response, IngestTelemetry telemetry) {
    private static final Duration NO_ROOM_RETRY_AFTER = Duration.ofSeconds(1);

    /** An empty body for a single event; the number of events for a batch. */
    void stored(RequestOutcome outcome, int events, boolean batch) {
        telemetry.requestAnswered(outcome);
        if (batch) {
            response.header(HeaderValues.CONTENT_TYPE_JSON);
            response.send(("{\"accepted\":" + events + "}").getBytes(StandardCharsets.US_ASCII));
        } else {
            response.send();
        }
    }

    void invalid(String details) {
        refuse(details);
        // The answer may come before the body was read.
        ErrorAnswers.drain(request);
    }

    /** The rest of the connection cannot be understood: closes it. */
    void unframed() {
        response.header(HeaderValues.CONNECTION_CLOSE);
        refuse("the chunks of the body are not valid HTTP/1.1");
        throw new CloseConnectionException("the body had broken chunks");
    }

    private void refuse(String details) {
        error(RequestOutcome.INVALID, Status.BAD_REQUEST_400, "Invalid JSON format", details);
    }

    void unsupportedEncoding() {
        response.header(HeaderNames.ACCEPT_ENCODING, "gzip");
        error(
                RequestOutcome.INVALID,
                Status.UNSUPPORTED_MEDIA_TYPE_415,
                "Unsupported content encoding",
                "Content-Encoding: expected gzip or identity");
    }

    /** Nothing of the request is stored; its body may be unread. */
    void refused(Refusal refusal) {
        switch (refusal) {
            case Refusal.Unauthorized(String details, String challenge) -> {
                response.header(HeaderNames.WWW_AUTHENTICATE, challenge);
                error(
                        RequestOutcome.UNAUTHORIZED,
                        Status.UNAUTHORIZED_401,
                        "Unauthorized",
                        details);
            }
            case Refusal.RateLimited(String details, Duration retryAfter) -> {
                retryAfter(retryAfter);
                error(
                        RequestOutcome.RATE_LIMITED,
                        Status.TOO_MANY_REQUESTS_429,
                        "Too many requests",
                        details);
            }
            case Refusal.Overloaded(String details, Duration retryAfter) -> {
                retryAfter(retryAfter);
                error(
                        RequestOutcome.OVERLOADED,
                        Status.SERVICE_UNAVAILABLE_503,
                        "Overloaded",
                        details);
            }
        }
    }

    void overloaded(Duration retryAfter) {
        refused(new Refusal.Overloaded("too many events are waiting to be stored", retryAfter));
    }

    /** Bodies in hand take all the memory there is for them: this one is not kept. */
    void noRoom() {
        response.header(HeaderValues.CONNECTION_CLOSE);
        retryAfter(NO_ROOM_RETRY_AFTER);
        error(
                RequestOutcome.OVERLOADED,
                Status.SERVICE_UNAVAILABLE_503,
                "Overloaded",
                "too many large bodies at once");
        ErrorAnswers.drain(request);
        throw new CloseConnectionException("no memory for the body");
    }

    void storeFailed(String details, Duration retryAfter) {
        retryAfter(retryAfter);
        error(
                RequestOutcome.STORE_FAILED,
                Status.INTERNAL_SERVER_ERROR_500,
                "Redis connection failed",
                details);
    }

    /** Answers at once, then takes in what is on its way, and closes. */
    void tooLarge(BodyRead.TooLarge body) {
        response.header(HeaderValues.CONNECTION_CLOSE);
        error(
                RequestOutcome.TOO_LARGE,
                Status.REQUEST_ENTITY_TOO_LARGE_413,
                "Payload too large",
                "the limit is " + body.limitBytes() + " bytes");
        if (body.drainable()) {
            ErrorAnswers.drain(request);
        }
        throw new CloseConnectionException("the body was too large");
    }

    private void error(RequestOutcome outcome, Status status, String error, String details) {
        telemetry.requestAnswered(outcome);
        ErrorAnswers.send(request, response, status, error, details);
    }

    private void retryAfter(Duration wait) {
        long seconds = Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
        response.header(HeaderNames.RETRY_AFTER, String.valueOf(seconds));
    }
}
