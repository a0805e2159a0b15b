package io.logpipeline.redis;

import static io.logpipeline.redis.ClaimStage.ADMISSION;
import static io.logpipeline.redis.ClaimStage.BATCH;
import static io.logpipeline.redis.ClaimStage.LEASE;
import static io.logpipeline.redis.ClaimStage.LEDGER_LIFE;
import static io.logpipeline.redis.ClaimStage.LIST;
import static io.logpipeline.redis.ClaimStage.LOCK;
import static io.logpipeline.redis.ClaimStage.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.ForwardingCalls;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches that a claim leaves to its caller to read. */
class BatchReadTest {
    private static final List<String> ELEMENTS =
            IntStream.range(0, 500).mapToObj(String::valueOf).toList();

    private static final List<String> HEAVY =
            ELEMENTS.stream().map(each -> each + "x".repeat(1000)).toList();

    private ClaimStage stage;
    private int reads;

    @BeforeEach
    void connect() {
        stage = new ClaimStage(TestRedis.emptyUrl());
        stage.empty();
    }

    @AfterEach
    void disconnect() {
        stage.close();
    }

    /** What others do between a claim and the read of its batch. */
    @FunctionalInterface
    private interface Others {
        void act() throws RedisFailure, InterruptedException;
    }

    private Claims claims(int elementsMax, int bytesMax, Others others) {
        RedisCalls calls =
                new ForwardingCalls(stage.redis.link()) {
                    @Override
                    public CompletionStage<BatchElements> readBatch(String list, int max) {
                        reads++;
                        try {
                            others.act();
                        } catch (RedisFailure | InterruptedException failed) {
                            throw new AssertionError(failed);
                        }
                        return super.readBatch(list, max);
                    }
                };
        return new Claims(calls, LEASE, LEDGER_LIFE, elementsMax, bytesMax, bytesMax);
    }

    private void push(List<String> elements) {
        stage.push(elements.toArray(String[]::new));
    }

    @Test
    void aLongBatchIsReadApartInItsOrder() throws Exception {
        push(ELEMENTS);

        ClaimOutcome outcome =
                claims(400, 100_000, () -> {}).claim(stage.entry(), "w1", 7, ADMISSION);

        ClaimOutcome.Claimed claimed = (ClaimOutcome.Claimed) outcome;
        assertThat(reads).isEqualTo(1);
        assertThat(claimed.isLight()).isTrue();
        assertThat(texts(claimed)).isEqualTo(ELEMENTS.subList(0, 400));
        assertThat(claimed.total()).isEqualTo(500);
        assertThat(claimed.position()).isEqualTo(7);
        assertThat(claimed.batchId())
                .isEqualTo(stage.redis.server().hget(ClaimStage.LEDGER, "batch_id"));
    }

    @Test
    void aFewComeWithTheClaim() throws Exception {
        push(ELEMENTS.subList(0, 64));

        ClaimOutcome outcome =
                claims(400, 100_000, () -> {}).claim(stage.entry(), "w1", 0, ADMISSION);

        assertThat(texts((ClaimOutcome.Claimed) outcome)).isEqualTo(ELEMENTS.subList(0, 64));
        assertThat(reads).isZero();
    }

    /** Whoever reads without weighing may get any number of bytes. */
    @Test
    void aBatchThatWeighsMoreThanThereIsRoomForIsWeighedAsItIsRead() throws Exception {
        push(HEAVY);

        assertWeighedAsRead(90, 100);
    }

    private void assertWeighedAsRead(int atLeast, int atMost) throws Exception {
        ClaimOutcome outcome =
                claims(400, 100_000, () -> {}).claim(stage.entry(), "w1", 0, ADMISSION);

        assertThat(((ClaimOutcome.Claimed) outcome).elements()).hasSizeBetween(atLeast, atMost);
        assertThat(reads).isZero();
    }

    @Test
    void aFewLightOnesInFrontSayNothingOfTheRest() throws Exception {
        push(ELEMENTS.subList(0, 20));
        push(HEAVY);

        assertWeighedAsRead(100, 120);
    }

    @Test
    void aBatchThatIsCompressedIsWeighedAsItIsRead() throws Exception {
        stage.redis.server().configSet("list-compress-depth", "1");
        try {
            push(HEAVY);
        } finally {
            stage.redis.server().configSet("list-compress-depth", "0");
        }
        assertThat(stage.redis.server().memoryUsage(LIST)).isLessThan(200_000);

        assertWeighedAsRead(90, 100);
    }

    @Test
    void aFewThatAreCompressedAreWeighedAsTheyAre() throws Exception {
        stage.redis.server().configSet("list-compress-depth", "1");
        try {
            push(ELEMENTS.subList(0, 8));
            push(HEAVY.subList(0, 50).stream().map(each -> each.repeat(4)).toList());
        } finally {
            stage.redis.server().configSet("list-compress-depth", "0");
        }

        assertWeighedAsRead(8 + 20, 8 + 25);
    }

    /** As some that are hosted do. */
    @Test
    void aServerThatDoesNotSayWhatAListTakesWeighsItAsItIsRead() throws Exception {
        try (RedisProcess server = RedisProcess.start("--rename-command", "MEMORY", "");
                ClaimStage refusing = new ClaimStage(server.url())) {
            refusing.empty();
            refusing.push(ELEMENTS.toArray(String[]::new));

            ClaimOutcome.Claimed claimed = refusing.claimed("w1");

            assertThat(texts(claimed)).isEqualTo(ELEMENTS);
            assertThat(claimed.isLight()).isFalse();
        }
    }

    @Test
    void nothingIsReadWhenTheLeaseIsOver() throws Exception {
        push(ELEMENTS);
        Duration noTime = Duration.ofMillis(1);
        RedisCalls slow =
                new ForwardingCalls(stage.redis.link()) {
                    @Override
                    public CompletionStage<Reply> run(
                            Script script,
                            List<String> keys,
                            List<byte[]> arguments,
                            Durability durability) {
                        return super.run(script, keys, arguments, durability)
                                .thenApply(reply -> {
                                    LockSupport.parkNanos(2 * noTime.toNanos());
                                    return reply;
                                });
                    }

                    @Override
                    public CompletionStage<BatchElements> readBatch(String list, int max) {
                        throw new AssertionError("read");
                    }
                };

        ClaimOutcome outcome =
                new Claims(slow, noTime, LEDGER_LIFE, 1000, 100_000, 100_000)
                        .claim(stage.entry(), "w1", 0, ADMISSION);

        assertThat(outcome).isInstanceOf(ClaimOutcome.Overtaken.class);
    }

    /** In a cluster they may lie elsewhere than the ledger, for as long as their slot moves. */
    @Test
    void aBatchOfWhichElementsAreMissingIsOvertaken() throws Exception {
        push(ELEMENTS);

        ClaimOutcome outcome =
                claims(1000, 100_000, () -> stage.redis.server().del(BATCH))
                        .claim(stage.entry(), "w1", 0, ADMISSION);

        assertThat(outcome).isInstanceOf(ClaimOutcome.Overtaken.class);
    }

    @Test
    void whatIsPushedMeanwhileIsNotPartOfIt() throws Exception {
        push(ELEMENTS);

        ClaimOutcome outcome =
                claims(1000, 100_000, () -> stage.push("later"))
                        .claim(stage.entry(), "w1", 0, ADMISSION);

        assertThat(texts((ClaimOutcome.Claimed) outcome)).isEqualTo(ELEMENTS);
        assertThat(stage.redis.list(LIST)).containsExactly("later");
    }

    /** Its lease is over; the next one's batch of the same list is not what it claimed. */
    @Test
    void theBatchOfAnotherWorkerIsNotTakenForOnesOwn() throws Exception {
        push(ELEMENTS);

        ClaimOutcome outcome =
                claims(1000, 100_000, this::anotherOneSettlesItAndClaimsAnew)
                        .claim(stage.entry(), "w1", 0, ADMISSION);

        assertThat(stage.redis.list(BATCH)).isEqualTo(ELEMENTS.reversed());
        assertThat(outcome).isInstanceOf(ClaimOutcome.Overtaken.class);
    }

    private void anotherOneSettlesItAndClaimsAnew() throws RedisFailure, InterruptedException {
        stage.redis.server().del(LOCK);
        ClaimOutcome.Claimed same = stage.claimed("w2");
        stage.claims.commit(stage.entry(), "w2", same, 1);
        push(ELEMENTS.reversed());
        assertThat(texts(stage.claimed("w2"))).isEqualTo(ELEMENTS.reversed());
    }

    /** Also where the list, and its batch, are no more. */
    @Test
    void aBatchThatIsSettledMeanwhileIsOvertaken() throws Exception {
        push(ELEMENTS);

        ClaimOutcome outcome =
                claims(
                                1000,
                                100_000,
                                () -> {
                                    stage.redis.server().del(LOCK);
                                    ClaimOutcome.Claimed same = stage.claimed("w2");
                                    stage.claims.commit(stage.entry(), "w2", same, 1);
                                })
                        .claim(stage.entry(), "w1", 0, ADMISSION);

        assertThat(outcome).isInstanceOf(ClaimOutcome.Overtaken.class);
    }
}
