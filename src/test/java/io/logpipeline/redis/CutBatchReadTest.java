package io.logpipeline.redis;

import static io.logpipeline.redis.ClaimStage.ADMISSION;
import static io.logpipeline.redis.ClaimStage.LEASE;
import static io.logpipeline.redis.ClaimStage.LEDGER_LIFE;
import static io.logpipeline.redis.ClaimStage.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.ForwardingCalls;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.Relay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch whose reply breaks off: what came of it is nothing. */
class CutBatchReadTest {
    private static final int NEVER = Integer.MAX_VALUE;

    private static final List<String> ELEMENTS =
            IntStream.range(0, 500).mapToObj(i -> "element-" + i).toList();

    /** Passes on so many bytes of answers, and cuts the connection. */
    private static final class BreakingOff extends Relay {
        private final AtomicInteger bytesLeft = new AtomicInteger(NEVER);

        BreakingOff(int port) throws IOException {
            super(port);
        }

        @Override
        protected Passage passage() {
            return new Passage() {
                @Override
                public void answer(InputStream server, OutputStream client) throws IOException {
                    for (int b = server.read(); b >= 0; b = server.read()) {
                        if (bytesLeft.get() != NEVER && bytesLeft.getAndDecrement() <= 0) {
                            bytesLeft.set(NEVER);
                            return;
                        }
                        client.write(b);
                    }
                }
            };
        }
    }

    private RedisProcess process;
    private ClaimStage stage;
    private BreakingOff relay;
    private RedisLink link;

    @BeforeEach
    void start() throws IOException {
        process = RedisProcess.start();
        stage = new ClaimStage(process.url());
        relay = new BreakingOff(process.port());
        link = RedisLink.open(relay.url(), "test", Duration.ofSeconds(5));
        stage.empty();
        stage.push(ELEMENTS.toArray(String[]::new));
        Await.until("connected", link::isConnected);
    }

    @AfterEach
    void stop() throws IOException {
        link.close();
        relay.close();
        stage.close();
        process.close();
    }

    /** Of 8,886 for the elements and 43 for the id: anywhere, and where the one ends. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 6, 23, 40, 5000, 8883, 8884, 8885, 8886, 8890, 8928})
    void aBatchThatBreaksOffIsReadAgainWhole(int bytes) throws Exception {
        RedisCalls cutting =
                new ForwardingCalls(link) {
                    @Override
                    public CompletionStage<BatchElements> readBatch(String list, int max) {
                        relay.bytesLeft.set(bytes);
                        return super.readBatch(list, max);
                    }
                };
        assertThatThrownBy(() -> claims(cutting).claim(stage.entry(), "w1", 0, ADMISSION))
                .isInstanceOf(RedisFailure.class);
        Await.until("connected again", link::isConnected);

        ClaimOutcome again = stage.claim("w1");

        assertThat(texts((ClaimOutcome.Claimed) again)).isEqualTo(ELEMENTS);
    }

    /** One reply of some 1,800 bytes. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 12, 40, 900, 1700})
    void whatIsReadAheadComesWholeOrNotAtAll(int bytes) throws Exception {
        Claims claims = new Claims(link, LEASE, LEDGER_LIFE, 100, 1200, 1200);
        var claimed = (ClaimOutcome.Claimed) claims.claim(stage.entry(), "w1", 0, ADMISSION);
        relay.bytesLeft.set(bytes);

        assertThatThrownBy(() -> claims.await(claims.readAhead(ClaimStage.LIST, claimed)))
                .isInstanceOf(RedisFailure.class);

        Await.until("connected again", link::isConnected);
        int first = claimed.elements().size();
        assertThat(claims.await(claims.readAhead(ClaimStage.LIST, claimed)))
                .extracting(String::new)
                .hasSizeGreaterThan(50)
                .isEqualTo(ELEMENTS.subList(first, first + 100));
    }

    private static Claims claims(RedisCalls calls) {
        return new Claims(calls, LEASE, LEDGER_LIFE, 1000, 100_000, 100_000);
    }
}
