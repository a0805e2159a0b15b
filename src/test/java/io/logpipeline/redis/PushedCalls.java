package io.logpipeline.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A push that holds "poison" fails at once; the others are answered when the test says so. */
final class PushedCalls implements RedisCalls {
    static final int PARTS_MAX = 256;

    /** Of no list that begins; for as many parts as a call may have. */
    static final Reply STORED_REPLY = reply(PARTS_MAX);

    static Reply reply(int parts) {
        List<Object> values = new ArrayList<>(List.of("PUSHED".getBytes(UTF_8), 0L));
        values.addAll(Collections.nCopies(parts, 9L));
        return new Reply(values);
    }

    record Sent(List<String> keys, List<String> words, CompletableFuture<Reply> reply) {
        boolean has(String word) {
            return words.contains(word);
        }
    }

    volatile Duration timeout;
    final List<Sent> sent = new CopyOnWriteArrayList<>();
    volatile boolean answersAtOnce;
    volatile boolean closed;

    PushedCalls(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
        List<String> words =
                arguments.stream().skip(2).map(each -> new String(each, UTF_8)).toList();
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        sent.add(new Sent(keys, words, reply));
        if (words.contains("poison")) {
            throw new IllegalStateException("on purpose");
        }
        if (answersAtOnce) {
            reply.complete(STORED_REPLY);
        }
        return reply;
    }

    /** Answers this one and, from now on, every one. */
    void answerAll() {
        answersAtOnce = true;
        sent.forEach(each -> each.reply.complete(STORED_REPLY));
    }

    @Override
    public CompletionStage<BatchElements> readBatch(String list, int elementsMax) {
        throw new AssertionError("a push does not read");
    }

    @Override
    public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
        throw new AssertionError("a push does not scan");
    }

    @Override
    public CompletionStage<List<String>> info() {
        throw new AssertionError("a push does not ask");
    }

    @Override
    public CompletionStage<AofRewrites> rewriteAof(boolean again) {
        throw new AssertionError("a push does not do that");
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public Duration timeout() {
        return timeout;
    }
}
