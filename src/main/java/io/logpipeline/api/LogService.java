package io.logpipeline.api;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.logpipeline.event.EventParser;
import io.logpipeline.event.LogEvent;
import io.logpipeline.event.ParseResult;
import io.logpipeline.redis.PushOutcome;
import io.logpipeline.redis.Pushes;
import io.logpipeline.telemetry.IngestTelemetry;
import io.logpipeline.telemetry.RequestOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * POST /log: answers 200 only when every event of the request is stored.
 *
 * <p>Thread-safe. The listener must be {@linkplain #prepare prepared}, and its routing must have a
 * {@link ConnectionCloser}.
 */
public final class LogService implements HttpService {
    private static final ExactPath PATH = new ExactPath("/log");
    private static final String STOPPING = "the server is stopping";
    private static final Duration TURN_PATIENCE = Duration.ofSeconds(10);
    private static final Duration STOPPING_RETRY_AFTER = Duration.ofSeconds(1);

    /** Of a body over its limit, this many times the limit is still taken in, to be dropped. */
    private static final int DRAIN_FACTOR = 2;

    private final Pushes pushes;
    private final IngestTelemetry telemetry;
    private final BodyMemory memory;
    private final BodyLimits limits;
    private final BodyReader bodies;
    private final EventMemory eventMemory = EventMemory.ofHeap(TURN_PATIENCE);
    private final Admission admission;

    /**
     * @param memory what all bodies may take together
     * @param maxBodyBytes limit of a single event
     * @param maxBatchBytes limit of a batch, at least {@code maxBodyBytes}
     * @param admission which requests are taken
     */
    public LogService(
            Pushes pushes,
            IngestTelemetry telemetry,
            BodyMemory memory,
            int maxBodyBytes,
            int maxBatchBytes,
            Admission admission) {
        this.memory = memory;
        this.pushes = pushes;
        this.telemetry = telemetry;
        this.limits = new BodyLimits(maxBodyBytes, maxBatchBytes);
        this.bodies = new BodyReader(limits);
        this.admission = admission;
    }

    /**
     * Sets what this service needs of its listener: bodies come undecoded, and errors have the one
     * shape. The listener's own limit bounds what a single chunk can take of memory; it is above
     * ours, so that a refused body can be drained.
     */
    public void prepare(ListenerConfig.BuilderBase<?, ?> listener) {
        listener.contentEncoding(new PlainBodies());
        listener.maxPayloadSize((long) DRAIN_FACTOR * limits.batchBytesMax());
        ErrorAnswers.register(listener, this::told);
    }

    /** A length far beyond the limit is refused by the listener itself, which counts nothing. */
    private void told(Status status, String path) {
        if (status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()
                && PATH.path().equals(path)) {
            telemetry.requestAnswered(RequestOutcome.TOO_LARGE);
        }
    }

    /** To be registered at {@code /log}. */
    @Override
    public void routing(HttpRules rules) {
        rules.post("/", this::post).any("/", LogService::refuseMethod);
    }

    private static void refuseMethod(ServerRequest request, ServerResponse response) {
        if (!PATH.isAskedFor(request)) {
            response.next();
            return;
        }
        response.header(HeaderNames.ALLOW, "POST");
        ErrorAnswers.send(
                request,
                response,
                Status.METHOD_NOT_ALLOWED_405,
                "Method not allowed",
                "this path takes POST");
    }

    private void post(ServerRequest request, ServerResponse response) {
        if (!PATH.isAskedFor(request)) {
            response.next();
            return;
        }
        Answer answer = new Answer(request, response, telemetry);
        for (Gate gate : admission.gates()) {
            Refusal refusal = gate.refusal(request, response);
            if (refusal != null) {
                answer.refused(refusal);
                return;
            }
        }
        RequestHeaders headers = RequestHeaders.of(request);
        if (headers.encoding() == RequestHeaders.Encoding.UNSUPPORTED) {
            answer.unsupportedEncoding();
        } else if (!headers.idempotencyKeyValid()) {
            answer.invalid("Idempotency-Key: expected 1 to 128 printable ASCII characters");
        } else {
            outcome(request, headers, response).tell(answer);
        }
    }

    /** What the client is to be told: once nothing is held that others wait for. */
    @FunctionalInterface
    private interface Outcome {
        void tell(Answer answer);
    }

    private Outcome outcome(
            ServerRequest request, RequestHeaders headers, ServerResponse response) {
        try (BodyMemory.Share inflated = memory.share()) {
            return switch (readBody(request, headers, inflated)) {
                case BodyRead.TooLarge tooLarge -> answer -> answer.tooLarge(tooLarge);
                case BodyRead.Damaged(String details) -> answer -> answer.invalid(details);
                case BodyRead.NoRoom() -> Answer::noRoom;
                case BodyRead.Unframed() -> Answer::unframed;
                case BodyRead.Whole body -> takeTurn(body, headers, response);
            };
        }
    }

    private BodyRead readBody(
            ServerRequest request, RequestHeaders headers, BodyMemory.Share inflated) {
        if (headers.contentLength() > limits.batchBytesMax()) {
            // Before the stream is opened, which would tell a waiting client to go on.
            return new BodyRead.TooLarge(limits.batchBytesMax(), true);
        }
        try {
            InputStream in = request.content().inputStream();
            return headers.encoding() == RequestHeaders.Encoding.GZIP
                    ? bodies.readGzip(in, headers.contentLength(), headers.lines(), inflated)
                    : bodies.read(in, headers.contentLength(), headers.lines());
        } catch (DataReader.InsufficientDataAvailableException | IOException e) {
            throw new CloseConnectionException("the client left before its body was whole", e);
        } catch (RequestException e) {
            if (e.status().code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
                // One chunk is over the listener's limit: the reader stands in the middle of it.
                return new BodyRead.TooLarge(limits.batchBytesMax(), false);
            }
            if (e.status().code() == Status.SERVICE_UNAVAILABLE_503.code()) {
                return new BodyRead.NoRoom();
            }
            return new BodyRead.Unframed();
        } catch (NumberFormatException | DataReader.IncorrectNewLineException e) {
            // What the server throws for a chunk size that is none.
            return new BodyRead.Unframed();
        }
    }

    private Outcome takeTurn(BodyRead.Whole body, RequestHeaders headers, ServerResponse response) {
        try {
            Optional<EventMemory.Turn> turn = eventMemory.await(body.bytes(), body.length());
            if (turn.isEmpty()) {
                return Answer::noRoom;
            }
            try (EventMemory.Turn _ = turn.get()) {
                return admission.within(
                        () -> parseAndPush(body, headers, response),
                        refusal -> answer -> answer.refused(refusal));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return answer -> answer.storeFailed(STOPPING, STOPPING_RETRY_AFTER);
        }
    }

    private Outcome parseAndPush(
            BodyRead.Whole body, RequestHeaders headers, ServerResponse response) {
        boolean batch = headers.lines() || EventParser.opensArray(body.bytes(), body.length());
        ParseResult result =
                headers.lines()
                        ? EventParser.parseLines(body.bytes(), body.length())
                        : EventParser.parse(body.bytes(), body.length());
        return switch (result) {
            case ParseResult.Rejected(String details) -> answer -> answer.invalid(details);
            case ParseResult.Accepted(List<LogEvent> events) -> {
                UserRates users = admission.users();
                if (users == null) {
                    yield told(push(events, headers.idempotencyKey()), events, batch);
                }
                UserRates.Charge charge = users.charge(events, response);
                Refusal refusal = charge.refusal();
                if (refusal != null) {
                    yield answer -> answer.refused(refusal);
                }
                yield told(pushCharged(charge, events, headers), events, batch);
            }
        };
    }

    /** What was charged for events that were not stored is put back, however that came. */
    private PushOutcome pushCharged(
            UserRates.Charge charge, List<LogEvent> events, RequestHeaders headers) {
        boolean served = false;
        try {
            PushOutcome outcome = push(events, headers.idempotencyKey());
            served =
                    switch (outcome) {
                        case PushOutcome.Stored _,
                                PushOutcome.Duplicate _,
                                PushOutcome.KeyReused _ ->
                                true;
                        case PushOutcome.Overloaded _, PushOutcome.Failed _ -> false;
                    };
            return outcome;
        } finally {
            if (!served) {
                charge.putBack();
            }
        }
    }

    private Outcome told(PushOutcome outcome, List<LogEvent> events, boolean batch) {
        int count = events.size();
        return switch (outcome) {
            case PushOutcome.Stored() -> {
                telemetry.eventsAccepted(count, bytesOf(events));
                yield answer -> answer.stored(RequestOutcome.ACCEPTED, count, batch);
            }
            case PushOutcome.Duplicate() ->
                    answer -> answer.stored(RequestOutcome.DUPLICATE, count, batch);
            case PushOutcome.KeyReused() ->
                    answer -> answer.invalid("Idempotency-Key: came before with other events");
            case PushOutcome.Overloaded(Duration retryAfter) ->
                    answer -> answer.overloaded(retryAfter);
            case PushOutcome.Failed(String details, Duration retryAfter) ->
                    answer -> answer.storeFailed(details, retryAfter);
        };
    }

    private static long bytesOf(List<LogEvent> events) {
        long bytes = 0;
        for (LogEvent event : events) {
            bytes += event.line().length;
        }
        return bytes;
    }

    private PushOutcome push(List<LogEvent> events, @Nullable String idempotencyKey) {
        long start = System.nanoTime();
        try {
            return pushes.push(events, idempotencyKey);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PushOutcome.Failed(STOPPING, STOPPING_RETRY_AFTER);
        } catch (RuntimeException e) {
            telemetry.requestAnswered(RequestOutcome.STORE_FAILED);
            throw e;
        } finally {
            telemetry.pushTook(Duration.ofNanos(System.nanoTime() - start));
        }
    }
}
